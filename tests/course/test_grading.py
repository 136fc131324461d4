"""One submission of a small lab, from bytes to record: marks, reasons, and nothing lost."""

import json
import re
import sysconfig
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tiny

from course.config import load_settings
from course.errors import ConfigurationError, GraderFault
from course.grading import Grader, ungraded
from course.lab import Lab
from course.record import Outcome, Record, Status
from course.release import release
from course.reports.notebook import MOST_LINES, render
from course.submission import opened


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tiny.write_course(tmp_path_factory.mktemp("course"))
    release(load_settings(folder), tiny.LAB)
    return folder


@pytest.fixture(scope="module")
def grader(course: Path) -> Iterator[Grader]:
    settings = load_settings(course)
    with Grader(settings, Lab.load(settings, tiny.LAB)) as grader:
        yield grader


def graded(grader: Grader, **sources: str) -> Record:
    notebook = tiny.filled(grader.settings.root, sources)
    return grader.grade("ada", json.dumps(notebook).encode()).record


def verdicts(record: Record) -> list[Outcome]:
    return [check.verdict for cell in record.automatic for check in cell.checks]


def test_an_error_shows_only_so_many_lines(grader: Grader) -> None:
    notebook = tiny.filled(grader.settings.root, tiny.RIGHT)
    notebook["cells"].append(tiny.code("own", "raise ValueError('a\\n' * 900)"))
    shown = json.loads(render(grader.grade("ada", json.dumps(notebook).encode()), grader.settings))
    trace = shown["cells"][-1]["outputs"][-1]["traceback"]
    assert len(trace) == MOST_LINES + 1
    assert "ValueError" in trace[0] + trace[1] + trace[2] + trace[3]
    assert trace[-1] == "…"


def test_right_answers_earn_everything(grader: Grader) -> None:
    record = graded(grader, **tiny.RIGHT)
    assert (record.points, record.max_points, record.max_automatic) == (10, 15, 10)
    assert record.status is Status.GRADED
    assert not record.repairs
    assert not record.limits_hit
    assert record.isolation["tier"] in ("bwrap", "landlock")


def test_the_empty_release_earns_nothing_and_is_told_why(grader: Grader) -> None:
    record = graded(grader)
    assert record.points == 0
    assert set(verdicts(record)) == {Outcome.ERROR}
    assert "double returns nothing yet" in record.cell("test_double").checks[0].message
    assert not record.cell("answer_why").answered


def test_partial_answers_earn_their_part(grader: Grader) -> None:
    record = graded(grader, **tiny.HALF, answer_why="Because.")
    assert record.cell("test_double").points == 1
    assert record.cell("test_mean").points == 2.5
    assert record.cell("answer_why").answered


def test_the_source_itself_earns_everything(grader: Grader) -> None:
    source = grader.settings.folder("source") / tiny.LAB / f"{tiny.LAB}.ipynb"
    assert grader.grade("ada", source.read_bytes()).record.points == 10


def test_a_later_cell_that_shadows_a_function_costs_nothing(grader: Grader) -> None:
    record = graded(grader, **tiny.RIGHT, test_mean="", answer_why="")
    notebook = tiny.filled(grader.settings.root, tiny.RIGHT)
    notebook["cells"].insert(5, {"cell_type": "code", "metadata": {}, "source": "double = 4"})
    shadowed = grader.grade("ada", json.dumps(notebook).encode()).record
    assert shadowed.points == record.points == 10


def test_a_syntax_error_ends_its_cell_alone(grader: Grader) -> None:
    record = graded(grader, double="def double(x:", mean=tiny.RIGHT["mean"])
    assert record.points == 6


def test_a_process_that_ends_keeps_the_marks_before_it(grader: Grader) -> None:
    record = graded(grader, double=tiny.RIGHT["double"], mean="import os\nos._exit(0)")
    assert record.points == 4
    assert verdicts(record)[2:] == [Outcome.NOT_RUN, Outcome.NOT_RUN]
    assert "The program ended" in record.limits_hit[-1].sentence


def test_a_process_that_ends_in_a_call_says_in_which(grader: Grader) -> None:
    ends = "def mean(xs):\n    import os\n    os._exit(0)"
    record = graded(grader, double=tiny.RIGHT["double"], mean=ends)
    assert record.points == 4
    assert verdicts(record)[2:] == [Outcome.ERROR, Outcome.NOT_RUN]
    assert "ended while mean ran" in record.cell("test_mean").checks[0].message


def test_no_cell_runs_after_the_checks_so_none_can_print_what_they_asked(grader: Grader) -> None:
    hoards = "calls = []\ndef mean(xs):\n    calls.append(xs)\n    return sum(xs) / len(xs)"
    notebook = tiny.filled(grader.settings.root, tiny.RIGHT | {"mean": hoards})
    tells = "print(len(calls), 'calls', calls)"
    notebook["cells"].append({"cell_type": "code", "metadata": {}, "source": tells})
    graded = grader.grade("ada", json.dumps(notebook).encode())
    assert graded.record.points == 10
    last = graded.cells[-1].run
    assert last is not None
    assert [output.text for output in last.outputs] == ["0 calls []\n"]


def test_an_exercise_is_judged_by_the_names_that_stood_at_its_grade_cell(grader: Grader) -> None:
    helper = "def twice(x):\n    return 2 * x\ndef double(x):\n    return twice(x)"
    notebook = tiny.filled(grader.settings.root, tiny.RIGHT | {"double": helper})
    later = "del double\ntwice = None\nmean = 'another'"
    notebook["cells"].append({"cell_type": "code", "metadata": {}, "source": later})
    assert grader.grade("ada", json.dumps(notebook).encode()).record.points == 10


def test_what_a_later_cell_has_numpy_make_of_overflow_costs_an_earlier_exercise_nothing(
    grader: Grader,
) -> None:
    large = "import numpy as np\ndef double(x):\n    np.float64(1e300) * 1e300\n    return 2 * x"
    notebook = tiny.filled(grader.settings.root, tiny.RIGHT | {"double": large})
    later = "np.seterr(all='raise')\nnp.seterr = np.geterr = None"
    notebook["cells"].append({"cell_type": "code", "metadata": {}, "source": later})
    assert grader.grade("ada", json.dumps(notebook).encode()).record.points == 10


def test_cells_that_use_up_their_time_leave_the_checks_theirs(course: Path) -> None:
    settings = load_settings(course)
    limits = replace(settings.limits, cell_cpu=1.0, submission_cpu=2.5)
    notebook = tiny.filled(course, tiny.RIGHT)
    loop = {"cell_type": "code", "metadata": {}, "source": "while True: pass"}
    notebook["cells"] += [loop, loop, loop]
    settings = replace(settings, limits=limits)
    with Grader(settings, Lab.load(settings, tiny.LAB)) as grader:
        record = grader.grade("ada", json.dumps(notebook).encode()).record
    assert record.points == 10
    assert [hit.limit for hit in record.limits_hit][:2] == ["cell_cpu", "cell_cpu"]


def test_an_endless_function_is_stopped_and_the_rest_graded(grader: Grader) -> None:
    record = graded(grader, double="def double(x):\n    while True: pass", mean=tiny.RIGHT["mean"])
    assert record.points == 6
    assert verdicts(record)[:2] == [Outcome.TIMEOUT, Outcome.TIMEOUT]
    assert {hit.limit for hit in record.limits_hit} == {"call_cpu"}


@pytest.mark.parametrize(
    ("data", "problem", "words"),
    [
        (None, "", "Nothing was handed in"),
        (None, "There is no notebook, only notes.txt.", "only notes.txt"),
        (b"", "", "is empty"),
        (b'{"cells": [', "", "breaks off"),
        (b'{"cells": []}', "", "None of the lab's exercises"),
    ],
)
def test_what_cannot_be_run_is_a_stated_zero(
    grader: Grader, data: bytes | None, problem: str, words: str
) -> None:
    graded = grader.grade("ada", data, problem=problem)
    assert graded.record.status is Status.ZERO
    assert graded.record.points == 0
    assert words in graded.record.reason
    assert set(verdicts(graded.record)) == {Outcome.NOT_RUN}
    assert words in render(graded, grader.settings)


def test_a_decision_about_the_files_is_told(grader: Grader) -> None:
    notebook = json.dumps(tiny.filled(grader.settings.root, tiny.RIGHT)).encode()
    record = grader.grade("ada", notebook, note="Two notebooks were handed in.").record
    assert record.repairs[0].sentence == "Two notebooks were handed in."


def test_the_same_submission_gives_the_same_record(grader: Grader) -> None:
    first = graded(grader, **tiny.HALF)
    graded(grader, **tiny.WRONG)
    again = graded(grader, **tiny.HALF)
    assert first.model_copy(update={"timings": {}}) == again.model_copy(update={"timings": {}})


def test_one_submission_leaves_nothing_for_the_next(grader: Grader) -> None:
    graded(grader, double="import math\nmath.tau = 'mine'\ndef double(x):\n    return x + x")
    record = graded(grader, double="import math\ndef double(x):\n    return x * math.tau / math.pi")
    assert record.cell("test_double").points == 4


def test_the_notebook_reads_as_nbgrader_wants_it(grader: Grader) -> None:
    source = "def double(x):\n    import warnings\n    warnings.warn('no')\n    return 0.0"
    notebook = tiny.filled(grader.settings.root, {"double": source, "mean": "raise ValueError"})
    rendered = json.loads(
        render(grader.grade("ada", json.dumps(notebook).encode()), grader.settings)
    )
    cells = {
        cell["metadata"].get("nbgrader", {}).get("grade_id"): cell for cell in rendered["cells"]
    }
    for name, points in (("test_double", "1.0"), ("test_mean", "0.0")):
        outputs = cells[name]["outputs"]
        assert outputs[-1]["output_type"] == "execute_result"
        assert outputs[-1]["data"]["text/plain"] == points
        assert not any(each["output_type"] == "error" for each in outputs)
        assert not any(each.get("name") == "stderr" for each in outputs)
    assert "HIDDEN TESTS" not in json.dumps(rendered)
    assert "pytest" not in json.dumps(rendered)


@pytest.mark.parametrize(
    ("reveal", "seen", "unseen"),
    [
        ("nothing", [], ["gives", "expected"]),
        ("message", ["gives another value"], ["expected:"]),
        ("counterexample", ["gives another value", "expected:", "double("], []),
    ],
)
def test_what_a_report_reveals_is_configuration(
    grader: Grader, reveal: str, seen: list[str], unseen: list[str]
) -> None:
    notebook = json.dumps(tiny.filled(grader.settings.root, tiny.HALF)).encode()
    text = render(grader.grade("ada", notebook), grader.settings.override(reveal=reveal))
    for words in seen:
        assert words in text
    for words in unseen:
        assert words not in text


def test_where_libraries_lie_is_not_told(grader: Grader) -> None:
    tells = "import numpy\nprint(numpy.__file__)\ndef double(x):\n    return x + x\n1 / 0"
    notebook = tiny.filled(grader.settings.root, {"double": tells})
    text = render(grader.grade("ada", json.dumps(notebook).encode()), grader.settings)
    assert "site-packages/numpy/__init__.py" in text
    assert sysconfig.get_path("purelib") not in text


def test_markup_of_a_student_stays_text(grader: Grader) -> None:
    script = "<script>alert(1)</script>"
    graded = grader.grade(script, None, problem=f"Only {script} was handed in.")
    cells = json.loads(render(graded, grader.settings))["cells"]
    tables = [each["data"]["text/html"] for each in cells[5]["outputs"] if "text/html" in str(each)]
    assert tables
    for markup in (cells[0]["source"], *tables):
        assert script not in markup
        assert "&lt;script&gt;" in markup


def test_a_broken_check_is_our_fault_and_nobodys_zero(course: Path, tmp_path: Path) -> None:
    broken = tmp_path / "course"
    tiny.write_course(broken)
    checks = broken / "tests" / tiny.LAB / "test_double.py"
    text = checks.read_text(encoding="utf-8").replace("(0.0).should_be(0.0)", "(1 / 0)")
    checks.write_text(text, encoding="utf-8")
    with _other(broken) as grader, pytest.raises(GraderFault, match="test_of_zero is broken"):
        graded(grader, **tiny.RIGHT)
    record = ungraded("ada", grader.lab, "a check is broken")
    assert (record.status, record.points, record.cells) == (Status.UNGRADED, 0, ())


def _other(folder: Path) -> Grader:
    """A grader of another course in this process: its checks must not be mistaken for ours."""
    settings = load_settings(folder)
    release(settings, tiny.LAB)
    return Grader(settings, Lab.load(settings, tiny.LAB))


Edit = Any


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda text: text.replace("points(3)", "points(2)"), "worth 3 points together"),
        (lambda text: text.replace("@pytest.mark.points(1)\n", ""), "has no weight"),
        (lambda text: text.replace('    """Twice nothing is nothing."""\n', ""), "no docstring"),
        (lambda text: text + "\nimport nowhere\n", "cannot be collected"),
    ],
)
def test_checks_that_do_not_fit_are_refused(tmp_path: Path, edit: Edit, words: str) -> None:
    folder = tiny.write_course(tmp_path / "course")
    settings = load_settings(folder)
    release(settings, tiny.LAB)
    checks = folder / "tests" / tiny.LAB / "test_double.py"
    checks.write_text(edit(checks.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=words):
        Grader(settings, Lab.load(settings, tiny.LAB))


def test_a_stale_release_is_refused(tmp_path: Path) -> None:
    folder = tiny.write_course(tmp_path / "course")
    settings = load_settings(folder)
    with pytest.raises(ConfigurationError, match="has not been released"):
        Lab.load(settings, tiny.LAB)
    release(settings, tiny.LAB)
    source = folder / "source" / tiny.LAB / f"{tiny.LAB}.ipynb"
    text = source.read_text(encoding="utf-8").replace("assert callable(mean)", "assert mean([1])")
    source.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="course release tiny"):
        Lab.load(settings, tiny.LAB)


def test_an_unknown_lab_is_told_which_there_are(course: Path) -> None:
    with pytest.raises(ConfigurationError, match="the course has tiny"):
        Lab.load(load_settings(course), "lab9")


def test_a_notebook_that_takes_too_long_to_repair_is_a_stated_zero(
    grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "MOST_SECONDS", 0.2)
    monkeypatch.setattr(opened, "repair", lambda *_: re.fullmatch("(a+)+", "a" * 60 + "b"))
    record = graded(grader, double=tiny.RIGHT["double"])
    assert (record.status, record.points) == (Status.ZERO, 0)
    assert record.reason.startswith(
        "It takes more than 0.2 seconds, or more than 1.5 GB of memory, to find"
    )
