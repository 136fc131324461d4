"""The command as a person meets it: what it prints, where, and how it exits."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import tiny

from course.cli import INTERRUPTED, main
from course.config import load_settings
from course.gradebook import Gradebook
from course.record import Record, Status
from course.release import release

COMMAND = [sys.executable, "-c", "from course.cli import main; main()"]
LOOP = {"double": "while True:\n    pass"}
# A check that is itself wrong, for one particular answer: our fault, not the student's.
BROKEN_CHECK = '''

@pytest.mark.points(0.5)
def test_that_breaks(submission):
    """This check is broken."""
    if submission.double(21.0).raw == 13:
        raise KeyError("a fault of the check")
'''


class Ended(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run `course …` in this process."""
    before = signal.getsignal(signal.SIGTERM)

    def run(*arguments: object) -> Ended:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(each) for each in arguments])
        assert isinstance(ended.value.code, int)
        return Ended(ended.value.code, *capfd.readouterr())

    yield run
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with its lab released and nothing handed in."""
    folder = tiny.write_course(tmp_path / "course")
    release(load_settings(folder), tiny.LAB)
    return folder


def records(course: Path) -> dict[str, Record]:
    found = course.glob(f"autograded/*/{tiny.LAB}/record.json")
    return {each.student: each for each in (Record.from_json(p.read_bytes()) for p in found)}


def files(folder: Path) -> set[str]:
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if "__pycache__" not in path.parts and path.name != ".pytest_cache"
    }


# --- help ----------------------------------------------------------------------------------------


def test_help_comes_without_loading_the_grader() -> None:
    heavy = {"numpy", "nbgrader", "nbformat", "pytest", "pydantic", "rich", "sqlalchemy"}
    program = f"import sys, course.cli; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "set()\n"


def test_without_a_command_there_is_help(run: Run) -> None:
    assert "autograde" in run().out
    assert run().code == 0


# --- bad input: one sentence, exit 2, nothing written --------------------------------------------


def spoil_config(line: str) -> Callable[[Path], None]:
    def spoil(course: Path) -> None:
        with (course / "course_config.py").open("a") as file:
            file.write(line + "\n")

    return spoil


def hand_in_one(course: Path) -> None:
    tiny.hand_in(course, "ada", tiny.RIGHT)


def spoil_weights(course: Path) -> None:
    hand_in_one(course)
    checks = course / "tests" / tiny.LAB / "test_double.py"
    checks.write_text(checks.read_text().replace("points(1)", "points(2)"))


def spoil_release(course: Path) -> None:
    path = course / "release" / tiny.LAB / f"{tiny.LAB}.ipynb"
    path.write_text(path.read_text().replace("callable", "print"))


def remove_release(course: Path) -> None:
    shutil.rmtree(course / "release")


def spoil_place(course: Path) -> None:
    hand_in_one(course)
    (course / "autograded").write_text("a file where a folder belongs")


def spoil_gradebook(course: Path) -> None:
    hand_in_one(course)
    (course / "gradebook.db").write_text("no database")


AUTOGRADE = ("autograde", tiny.LAB)
BAD: dict[str, tuple[Callable[[Path], object], tuple[str, ...], str]] = {
    "no such lab": (hand_in_one, ("autograde", "lab9"), "There is no lab 'lab9'"),
    "no lab named": (hand_in_one, ("autograde",), "Missing argument 'LAB'"),
    "no such command": (hand_in_one, ("autogarde",), "No such command 'autogarde'"),
    "no such option": (hand_in_one, (*AUTOGRADE, "--frobnicate"), "--frobnicate"),
    "no terminal obeys": (
        hand_in_one,
        (*AUTOGRADE, "--course-dir", "/nowhere/\x1b]0;x\x07"),
        r"No course_config.py in /nowhere/\x1b]0;x\x07 or above",
    ),
    "no submissions": (lambda course: None, AUTOGRADE, "No submissions of tiny"),
    "no such student": (hand_in_one, (*AUTOGRADE, "--student", "eve"), "by 'eve'"),
    "no processes": (hand_in_one, (*AUTOGRADE, "--processes", "0"), "0 is not in the range"),
    "no such folder": (
        hand_in_one,
        (*AUTOGRADE, "--course-dir", "/nowhere"),
        "No course_config.py",
    ),
    "not released": (
        lambda course: shutil.rmtree(course / "release"),
        AUTOGRADE,
        "not been released",
    ),
    "stale release": (spoil_release, AUTOGRADE, "run `course release tiny`"),
    "weights": (spoil_weights, AUTOGRADE, "are worth 5 points together"),
    "due date": (spoil_config("c.Course.due = {'tiny': 'soon'}"), AUTOGRADE, "is no date"),
    "misspelt": (spoil_config("c.Course.isolatoin = 'bwrap'"), AUTOGRADE, "c.Course.isolatoin"),
    "not Python": (spoil_config("c.Course.due = {"), AUTOGRADE, "course_config.py cannot be read"),
    "unwritable": (spoil_place, AUTOGRADE, "autograded cannot be written"),
    "gradebook": (spoil_gradebook, AUTOGRADE, "cannot be used (file is not a database)"),
    "nothing graded": (hand_in_one, ("feedback", tiny.LAB), "Nothing of 'tiny' is graded"),
    "release check": (spoil_release, ("release", tiny.LAB, "--check"), "run `course release tiny`"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_sentence(name: str, run: Run, course: Path) -> None:
    spoil, arguments, words = BAD[name]
    spoil(course)
    before = files(course)
    where = () if "--course-dir" in arguments or len(arguments) < 2 else ("--course-dir", course)
    ended = run(*arguments, *where)
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err
    assert ended.err.count("\n") == 1
    assert ended.err.endswith(".\n") or name.startswith("no ")
    assert files(course) - before <= {"autograded", "gradebook.db"}


# --- grading -------------------------------------------------------------------------------------


def test_a_class_is_graded_and_told_about(run: Run, course: Path) -> None:
    tiny.hand_in(course, "ada", tiny.RIGHT, name="Copy of tiny.ipynb")
    tiny.hand_in(course, "bob", tiny.HALF, timestamp="2027-01-31 10:00:00 UTC")
    tiny.hand_in(course, "cat", tiny.RIGHT).write_text("{ this is no notebook")
    (course / "submitted" / "dan" / tiny.LAB).mkdir(parents=True)
    ended = run(*AUTOGRADE, "--course-dir", course)
    assert ended.code == 0
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in ended.out.splitlines()}
    assert rows["ada"] == "10 / 10"
    assert rows["bob"] == "3.5 / 10"
    assert rows["cat"].startswith("0 / 10 zero: The file")
    assert rows["dan"] == "0 / 10 zero: The folder that was handed in is empty."
    assert rows["Isolation:"]
    assert "4/4 graded" in ended.err
    assert {name: each.points for name, each in records(course).items()} == {
        "ada": 10,
        "bob": 3.5,
        "cat": 0,
        "dan": 0,
    }
    assert {path.name for path in (course / "autograded" / "bob" / tiny.LAB).iterdir()} == {
        "tiny.ipynb",
        "record.json",
        "timestamp.txt",
    }


def test_one_student_can_be_graded_alone(run: Run, course: Path) -> None:
    for student in ("ada", "bob"):
        tiny.hand_in(course, student, tiny.RIGHT)
    assert run(*AUTOGRADE, "--student", "bob", "--course-dir", course).code == 0
    assert list(records(course)) == ["bob"]


def test_the_choice_among_several_notebooks_is_said(run: Run, course: Path) -> None:
    tiny.hand_in(course, "ada", tiny.RIGHT)
    tiny.hand_in(course, "ada", tiny.WRONG, name="draft.ipynb")
    assert run(*AUTOGRADE, "--course-dir", course).code == 0
    record = records(course)["ada"]
    assert record.points == 10
    assert [each.sentence for each in record.repairs] == [
        "2 notebooks were handed in (draft.ipynb, tiny.ipynb); tiny.ipynb was graded."
    ]


def test_a_fault_of_ours_leaves_one_ungraded_and_the_others_graded(run: Run, course: Path) -> None:
    checks = course / "tests" / tiny.LAB / "test_double.py"
    text = checks.read_text().replace("points(1)", "points(0.5)")
    checks.write_text(text + BROKEN_CHECK)
    tiny.forget_checks()
    tiny.hand_in(course, "ada", tiny.RIGHT)
    tiny.hand_in(course, "bob", {"double": "def double(x):\n    return 13"})
    tiny.hand_in(course, "cat", tiny.RIGHT)
    ended = run(*AUTOGRADE, "--course-dir", course)
    assert ended.code == 1
    assert "bob was not graded, through a fault of ours" in ended.err
    assert "KeyError: 'a fault of the check'" in ended.err
    found = records(course)
    assert found["bob"].status is Status.UNGRADED
    assert [found[name].points for name in ("ada", "cat")] == [10, 10]
    page = (course / "autograded" / "bob" / tiny.LAB / "tiny.ipynb").read_text()
    assert "def double" in page
    assert "a fault of the check" not in page + found["bob"].to_json()


def test_who_came_at_no_time_is_left_ungraded_and_the_others_graded(run: Run, course: Path) -> None:
    tiny.hand_in(course, "ada", tiny.RIGHT)
    tiny.hand_in(course, "bob", tiny.RIGHT, timestamp="2027-01-31 10:00:00 UTC")
    assert run(*AUTOGRADE, "--course-dir", course).code == 0
    tiny.hand_in(course, "ada", tiny.RIGHT, timestamp="yesterday evening")
    tiny.hand_in(course, "bob", tiny.HALF, timestamp="2027-01-31 10:00:00 UTC")
    ended = run(*AUTOGRADE, "--course-dir", course)
    assert ended.code == 1
    assert "timestamp.txt says 'yesterday evening', which is no time" in " ".join(ended.out.split())
    found = records(course)
    assert found["ada"].status is Status.UNGRADED
    assert found["bob"].points == 3.5
    with Gradebook(load_settings(course)) as gradebook:
        scores = gradebook.automatic_scores(tiny.LAB)
    assert set(scores["ada"].values()) == {None}, "no stale marks"
    tiny.hand_in(course, "ada", tiny.RIGHT, timestamp="2027-01-31 10:00:00 UTC")
    assert run(*AUTOGRADE, "--course-dir", course).code == 0
    assert records(course)["ada"].points == 10


def test_marks_do_not_depend_on_processes_or_order(run: Run, course: Path) -> None:
    for number in range(6):
        tiny.hand_in(course, f"s{number}", [tiny.RIGHT, tiny.HALF, tiny.WRONG][number % 3])
    seen = []
    for processes in (1, 2):
        assert run(*AUTOGRADE, "--processes", processes, "--course-dir", course).code == 0
        seen.append(
            {
                name: record.model_dump(exclude={"timings", "isolation"})
                for name, record in sorted(records(course).items())
            }
        )
    assert seen[0] == seen[1]


# --- interruption --------------------------------------------------------------------------------


def children(process: int) -> list[int]:
    """All descendants of a process, however deep."""
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        own = [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:
        return []
    return own + [each for child in own for each in children(child)]


def wait_until(holds: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def heeds_interrupts() -> None:
    """Undo what a shell, and `nohup`, do to the programs that they start in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.mark.parametrize(
    ("how", "code"), [(signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_an_interrupted_run_leaves_nothing_half_done(
    how: signal.Signals, code: int, run: Run, course: Path
) -> None:
    tiny.hand_in(course, "ada", tiny.RIGHT)
    for student in ("bob", "cat", "dan"):
        tiny.hand_in(course, student, LOOP)
    with (course / "course_config.py").open("a", encoding="utf-8") as config:
        config.write("c.Limits.cell_cpu = 100.0\nc.Limits.submission_cpu = 200.0\n")
    process = subprocess.Popen(
        [*COMMAND, *AUTOGRADE, "--processes", "2"],
        cwd=course,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heeds_interrupts,
    )
    wait_until(lambda: records(course))
    family = children(process.pid)
    if how in (signal.SIGINT, signal.SIGHUP):
        os.killpg(process.pid, how)  # as a terminal does: everybody gets it
    else:
        process.send_signal(how)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (code, "")
    assert err.splitlines()[-1] == INTERRUPTED
    assert "Traceback" not in err
    assert len(family) >= 4
    wait_until(lambda: not any(Path(f"/proc/{each}").exists() for each in family))
    assert set(records(course)) <= {"ada"}
    unfinished = [name for name in files(course) if "/." in name and ".graded" not in name]
    assert not unfinished


# --- feedback ------------------------------------------------------------------------------------


def test_feedback_is_a_page_each_and_no_record(run: Run, course: Path) -> None:
    for student in ("ada", "Zoë [x]"):
        tiny.hand_in(course, student, tiny.HALF)
    assert run(*AUTOGRADE, "--course-dir", course).code == 0
    ended = run("feedback", tiny.LAB, "--course-dir", course)
    assert (ended.code, ended.err.splitlines()[-1][:10]) == (0, "2/2 writte")
    assert ended.out.startswith("2 pages: ")
    assert files(course / "feedback") == {
        "ada",
        "ada/tiny",
        "ada/tiny/tiny.html",
        "Zoë [x]",
        "Zoë [x]/tiny",
        "Zoë [x]/tiny/tiny.html",
    }
    assert "3.5" in (course / "feedback/ada/tiny/tiny.html").read_text()


def test_release_writes_what_check_then_accepts(run: Run, course: Path) -> None:
    shutil.rmtree(course / "release")
    assert run("release", tiny.LAB, "--course-dir", course).code == 0
    assert run("release", tiny.LAB, "--check", "--course-dir", course) == (0, "", "")


def test_the_doctor_shows_what_is_proved(run: Run, course: Path) -> None:
    ended = run("doctor", "--course-dir", course)
    assert ended.code == 0
    assert ended.out.startswith("Isolation: ")
    assert "prevented  read the memory of the judge" in ended.out
