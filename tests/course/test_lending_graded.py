"""Who made a mistake above is graded with the lab's own solution lent, and loses nothing more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
import tiny

from course.config import load_settings
from course.grading import Graded, Grader
from course.lab import Lab
from course.record import Record
from course.release import release
from course.reports.notebook import render
from course.reports.words import lent

USES_DOUBLE = "def mean(xs):\n    return double(sum(xs)) / 2 / len(xs)"


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    folder = tiny.write_course(tmp_path_factory.mktemp("course"))
    settings = load_settings(folder)
    settings = replace(settings, limits=replace(settings.limits, call_cpu=0.3, grace_cpu=0.3))
    release(settings, tiny.LAB)
    with Grader(settings, Lab.load(settings, tiny.LAB)) as grader:
        yield grader


def grade(grader: Grader, **sources: str) -> Graded:
    notebook = tiny.filled(grader.settings.root, sources)
    return grader.grade("ada", json.dumps(notebook).encode())


def mean_of(record: Record) -> tuple[float, tuple[str, ...]]:
    cell = record.cell("test_mean")
    return cell.points, cell.lent


WRONG = {
    "wrong": "def double(x):\n    return 0.0",
    "of the wrong kind": "def double(x):\n    print(2 * x)",
    "no Python": "def double(x)\n    return 2 * x",
    "not there": "pass",
    "endless": "def double(x):\n    while True: pass",
    "the end of its process": "import os\ndef double(x):\n    os._exit(0)",
}


@pytest.mark.parametrize("double", WRONG.values(), ids=WRONG.keys())
def test_who_calls_a_wrong_function_loses_nothing(grader: Grader, double: str) -> None:
    record = grade(grader, double=double, mean=USES_DOUBLE).record
    assert record.cell("test_double").points < 4
    assert mean_of(record) == (6, ("double",))
    assert [each.lent for each in record.cell("test_mean").checks] == [True, True]


@pytest.mark.parametrize(
    "mean",
    [
        "from functools import partial\ntwice = partial(double)\n"
        "def mean(xs):\n    return twice(sum(xs)) / 2 / len(xs)",
        "def mean(xs, f=double):\n    return f(sum(xs)) / 2 / len(xs)",
        WRONG["wrong"] + "\n" + USES_DOUBLE,
    ],
    ids=["bound before it is called", "a default argument", "typed once more"],
)
def test_however_it_was_called(grader: Grader, mean: str) -> None:
    assert mean_of(grade(grader, double=WRONG["wrong"], mean=mean).record) == (6, ("double",))


def test_what_fits_ones_own_function_keeps_its_points(grader: Grader) -> None:
    swapped = {
        "double": "def double(x, y):\n    return x * y",
        "mean": "def mean(xs):\n    return double(sum(xs), 1 / len(xs))",
    }
    record = grade(grader, **swapped).record
    assert record.cell("test_double").points == 0
    assert mean_of(record) == (6, ())


def test_a_mistake_of_its_own_is_paid_for_with_its_own_numbers(grader: Grader) -> None:
    wrong = USES_DOUBLE.replace("/ len(xs)", "/ 3")
    record = grade(grader, double=WRONG["wrong"], mean=wrong).record
    assert mean_of(record) == (0, ())
    assert {check.evidence and check.evidence.got for check in record.cell("test_mean").checks} == {
        "0.0"
    }


def test_a_mistake_that_is_typed_out_is_a_mistake_of_its_own(grader: Grader) -> None:
    record = grade(grader, double=WRONG["wrong"], mean="def mean(xs):\n    return 0.0").record
    assert mean_of(record) == (0, ())


def test_nothing_is_lent_where_the_course_says_so(grader: Grader) -> None:
    """Whoever may hand in twice could read a solution the first time, and type it the second."""
    settings = replace(grader.settings, lend=False)
    with Grader(settings, grader.lab, grader.isolation) as strict:
        record = grade(strict, double=WRONG["wrong"], mean=USES_DOUBLE).record
    assert mean_of(record) == (0, ())


THIEF = """\
def double(x):
    return 0.0

def loot():
    cells = [text for text in get_ipython().user_ns["In"] if "return 2" + " * x" in text]
    return "LO" + "OT" + cells[-1] if cells else "nothing"

class Loot(Exception):
    pass
"""
HIDES = {
    "in a value": "def mean(xs):\n    return loot()",
    "in an error": "def mean(xs):\n    raise Loot(loot())",
    "in the name of an error": "def mean(xs):\n    raise type(loot(), (Exception,), {})",
    "in a print": "def mean(xs):\n    print(loot())",
    "in a file": "open('loot', 'a').write(loot())\ndef mean(xs):\n    return open('loot').read()",
}


@pytest.mark.parametrize("mean", HIDES.values(), ids=HIDES.keys())
def test_the_solution_that_was_lent_gets_into_nothing(grader: Grader, mean: str) -> None:
    graded = grade(grader, double=THIEF, mean=mean)
    page = render(graded, grader.settings)
    for text in (graded.record.to_json(), page):
        assert "LOOT" not in text
        assert "return 2 * x" not in text
    assert mean_of(graded.record) == (0, ())


def test_what_was_there_to_steal(grader: Grader) -> None:
    """The test above would see it: a solution can be read where it is lent."""
    steals = "def mean(xs):\n    return sum(xs) / len(xs) if loot() != 'nothing' else 0.0"
    assert mean_of(grade(grader, double=THIEF, mean=steals).record) == (6, ("double",))


def test_no_file_is_found_where_a_solution_can_be_read(grader: Grader) -> None:
    """What was read from the disk, or not, would tell the next submission a bit of the solution."""
    looks = (
        "import os\ndef mean(xs):\n    try:\n        os.stat(os.__file__)\n"
        "    except PermissionError:\n        return double(sum(xs)) / len(xs) / 2\n    return 0.0"
    )
    record = grade(grader, double=WRONG["wrong"], mean=looks).record
    assert mean_of(record) == (6, ("double",))


def test_the_students_outputs_are_those_of_their_own_program(grader: Grader) -> None:
    graded = grade(
        grader, double=WRONG["wrong"], mean="print(double(4.0))\nprint('once')\n" + USES_DOUBLE
    )
    (mean,) = (each for each in graded.cells if each.cell.name == "mean")
    assert mean.run is not None
    assert "".join(each.text for each in mean.run.outputs) == "0.0\nonce\n"


def test_it_is_told(grader: Grader) -> None:
    graded = grade(grader, double=WRONG["wrong"], mean=USES_DOUBLE)
    sentence = lent(graded.record.cell("test_mean"))
    assert "a right `double` in place of yours" in sentence
    page = json.loads(render(graded, grader.settings))
    texts = [json.dumps(cell, ensure_ascii=False) for cell in page["cells"]]
    (judged_alone,) = (text for text in texts if sentence in text)
    assert judged_alone.count("passed, lent") == 4  # two checks, as a table and as plain text
