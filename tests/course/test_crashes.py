"""Killed at any moment and run again, a run leaves what an undisturbed one leaves, and no more.

Who stores kills itself with SIGKILL at a counted step: before a file or folder is written, made,
renamed or removed, and before and after each statement that the gradebook is given. So every kind
of moment is met, on a machine of any speed.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest
import tiny
from disks import small_disk
from gradebooks import as_a_ta, stored

from course import autograde
from course.autograde import Finished, Plan
from course.config import Settings, load_settings
from course.errors import ConfigurationError
from course.grading import Grader
from course.lab import Lab
from course.record import Record
from course.release import release
from course.reports.notebook import render
from course.sandbox.isolation import Isolation
from course.submitted import find
from course.workers import Done

KINDS: tuple[dict[str, str], ...] = (tiny.RIGHT, tiny.HALF, tiny.WRONG, {"answer_why": "Because."})
WATCHED = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "sqlite3.connect")
TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT
ISOLATION = Isolation.of_tier("none")
Grading = dict[str, Finished]


@cache
def kinds() -> tuple[Finished, ...]:
    """What each kind of submission is worth, graded once for all the tests."""
    with tempfile.TemporaryDirectory(prefix="crashes-") as folder:
        settings = load_settings(tiny.write_course(Path(folder)))
        release(settings, tiny.LAB)
        with Grader(settings, Lab.load(settings, tiny.LAB)) as grader:
            notebooks = [tiny.hand_in(Path(folder), "s", kind).read_bytes() for kind in KINDS]
            graded = [grader.grade("s", data) for data in (*notebooks, b"no notebook")]
        return tuple(Finished(each.record, render(each, settings)) for each in graded)


def grading(students: int, shift: int = 0) -> Grading:
    """A class's results; another `shift` gives everybody another result."""
    found = {}
    for number in range(students):
        kind = kinds()[(number + shift) % len(kinds())]
        record = kind.record.model_copy(update={"student": f"s{number:02}"})
        found[record.student] = Finished(record, kind.notebook).vouched_for(ISOLATION)
    return found


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tiny.write_course(tmp_path / "course")
    release(load_settings(folder), tiny.LAB)
    return folder


def settings_of(course: Path) -> Settings:
    return load_settings(course).override(db_url=f"sqlite:///{course / 'gradebook.db'}")


def run(course: Path, graded: Grading) -> list[Record]:
    """Store a class as `course autograde` does; only the grading itself was done before."""
    settings = settings_of(course)
    for student, finished in graded.items():  # another result comes from another submission
        path = course / "submitted" / student / tiny.LAB / f"{tiny.LAB}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(finished.notebook, encoding="utf-8")
    plan = Plan(
        settings,
        Lab.load(settings, tiny.LAB),
        tuple(find(settings, tiny.LAB)),
        ISOLATION,
    )

    def graded_before(handed_in: Any, **_: Any) -> Iterator[tuple[Any, Done[Finished]]]:
        for each in handed_in:
            yield each, Done(graded[each.student])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(autograde, "grade_all", graded_before)
        return autograde.run(plan).records


def left(course: Path) -> tuple[dict[str, bytes], Any]:
    """Every file of the course but what caches, and every row of its gradebook."""
    files = {
        str(path.relative_to(course)): path.read_bytes()
        for path in sorted(course.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and path.name != "gradebook.db"
    }
    return files, stored(settings_of(course))


def in_a_process(act: Callable[[], object], after: Callable[[], object]) -> int:
    """Fork, `act`, `after`, and leave; by what signal that process ended, or its exit code."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the test's process may have threads
        pid = os.fork()
    if pid == 0:
        code = 1
        try:
            act()
            after()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def at_each_step(reach: Callable[[], None]) -> None:
    """Call `reach` before everything that changes what is stored, in this process for ever."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    busy = []

    def step(*_: Any, **__: Any) -> None:
        if not busy:
            busy.append(True)
            reach()
            busy.clear()

    def hear(name: str, details: tuple[Any, ...]) -> None:
        if name in WATCHED or (name == "open" and details[2] & TO_WRITE):
            step()

    sys.addaudithook(hear)
    for moment in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(Engine, moment, step)


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("SIGKILL lets nobody live")


def steps_of(course: Path, graded: Grading) -> int:
    """How many steps an undisturbed run takes; afterwards the course is what it then is."""
    told = course.parent / "steps"
    count = [0]

    def reach() -> None:
        count[0] += 1

    def act() -> None:
        at_each_step(reach)
        run(course, graded)

    assert in_a_process(act, lambda: told.write_text(str(count[0]))) == 0
    return int(told.read_text())


def killed_at(step: int, course: Path, graded: Grading) -> int:
    count = [0]

    def reach() -> None:
        count[0] += 1
        if count[0] == step:
            die()

    def act() -> None:
        at_each_step(reach)
        run(course, graded)

    return in_a_process(act, lambda: None)


def graded_and_marked(course: Path, students: int) -> None:
    """A class that was graded before, and of which a TA has marked and commented some."""
    run(course, grading(students, 1))
    settings = settings_of(course)
    for number in range(0, students, 3):
        as_a_ta(settings, f"s{number:02}", "answer_why", manual_score=2.5, needs_manual_grade=False)
        as_a_ta(settings, f"s{number:02}", "answer_why", manual_comment="Say more.")


def hold_against_undisturbed(course: Path, students: int, moments: int) -> None:
    """Kill at so many moments, each in a course of its own, and run again."""
    graded = grading(students)
    undisturbed = course.parent / "undisturbed"
    shutil.copytree(course, undisturbed)
    run(Path(shutil.copytree(course, course.parent / "rehearsal")), graded)  # imports what it needs
    steps = steps_of(undisturbed, graded)
    expected = left(undisturbed)
    assert len(expected[1]["grade"]) == 3 * students
    for moment in range(moments):
        step = 1 + moment * (steps - 1) // max(1, moments - 1)
        place = course.parent / f"killed at {step} of {steps}"
        shutil.copytree(course, place)
        assert killed_at(step, place, graded) == -signal.SIGKILL
        assert len(run(place, graded)) == students
        assert left(place) == expected, place.name
        shutil.rmtree(place)


@pytest.mark.parametrize("again", [False, True], ids=["first", "regrade"])
def test_killed_at_a_few_moments(course: Path, again: bool) -> None:
    if again:
        graded_and_marked(course, 5)
    hold_against_undisturbed(course, students=5, moments=6)


@pytest.mark.slow
@pytest.mark.parametrize("again", [False, True], ids=["first", "regrade"])
def test_killed_at_25_moments_of_a_class_of_forty(course: Path, again: bool) -> None:
    if again:
        graded_and_marked(course, 40)
    hold_against_undisturbed(course, students=40, moments=25)


def test_a_class_whose_second_run_was_killed_has_old_or_new_marks_of_each(course: Path) -> None:
    """Between the runs, too, every record is whole, and no mark is of neither grading."""
    students = 5
    run(course, grading(students, 1))
    old = {student: each.record.to_json() for student, each in grading(students, 1).items()}
    graded = grading(students)
    steps = steps_of(Path(shutil.copytree(course, course.parent / "copy")), graded)
    for step in range(1, steps, steps // 7):
        place = Path(shutil.copytree(course, course.parent / f"step {step}"))
        assert killed_at(step, place, graded) == -signal.SIGKILL
        for path in place.glob(f"autograded/*/{tiny.LAB}/record.json"):
            student = path.parts[-3]
            new = graded[student].record.to_json()
            assert path.read_text(encoding="utf-8") in (old[student], new)


def test_what_can_no_longer_be_graded_loses_its_marks_and_keeps_a_tas(course: Path) -> None:
    graded_and_marked(course, 4)
    graded = grading(4)
    zero = kinds()[-1]
    broken = zero.record.model_copy(update={"student": "s00"})
    run(course, {**graded, "s00": Finished(broken, zero.notebook)})
    rows = {row[1]: row[2:] for row in stored(settings_of(course))["grade"] if row[0] == "s00"}
    assert rows["test_double"][0] == rows["test_mean"][0] == 0.0
    assert rows["answer_why"][1:] == (2.5, None, 1)  # by hand, no extra, for another look
    comments = {row[:2]: row[3] for row in stored(settings_of(course))["comment"]}
    assert comments["s00", "answer_why"] == "Say more."


# --- what the file system refuses -----------------------------------------------------------------


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path, megabytes=4) as place:
        yield place


def test_a_full_disk_is_a_sentence_and_nothing_is_lost(full_disk: Path) -> None:
    course = tiny.write_course(full_disk / "course")
    release(load_settings(course), tiny.LAB)
    run(course, grading(3, 1))
    before = left(course)
    ballast = full_disk / "ballast"
    with ballast.open("wb", 0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass
    with pytest.raises(ConfigurationError, match=r"No space left on device|disk is full"):
        run(course, grading(3))
    for path in course.glob(f"autograded/*/{tiny.LAB}/record.json"):
        Record.from_json(path.read_bytes())
    assert stored(settings_of(course)) == before[1]
    ballast.unlink()
    assert len(run(course, grading(3))) == 3
    after = left(course)
    assert not [name for name in after[0] if f".{tiny.LAB}.new" in name or ".old" in name]
    assert after[1] != before[1]
