"""A submission's marks are its own: how, where and beside whom it is graded changes no byte.

A class is graded once, by one process, in the order of names. Every other way must give the same
records (timings aside), the same notebooks and the same gradebook.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import tiny
from clusters import cluster
from gradebooks import stored
from lab1.sample_class import SAMPLES
from zoo import ZOO, read

from course import autograde
from course.config import load_settings
from course.demo import make_course
from course.lab import Lab
from course.record import Record
from course.release import release
from course.sample import hand_in
from course.store import RECORD_NAME
from course.submitted import Submission

ROOT = Path(__file__).parents[2]
LAB = "lab1"
CHOSEN = ("ada", "bao", "xenia", "anouk", "boris", "zeno", "chloe", "diego", "fatima")
HOSTILE = (
    "exit_inside_a_function__66",
    "loop_in_a_function_of_many_checks__70",
    "lying_objects__0",
    "forged_frame__0",
)
QUICK = """
c.Limits.cell_cpu = 0.6
c.Limits.call_cpu = 0.4
c.Limits.grace_cpu = 0.4
c.Limits.figures = 1
"""
# Where in its loop a program is stopped is a matter of time, and its traceback shows the line.
STOPPED_SOMEWHERE = ("zeno",)
COMMAND = "from course.cli import main; main()"
PROBE = "import subprocess, sys, course.cli, nbgrader; subprocess.run([sys.executable, '-V'])"
NOBODY = 65534
Order = Callable[[Sequence[Submission]], list[Submission]]


def by_name(submissions: Sequence[Submission]) -> list[Submission]:
    return list(submissions)


def backwards(submissions: Sequence[Submission]) -> list[Submission]:
    return list(submissions)[::-1]


def shuffled(submissions: Sequence[Submission]) -> list[Submission]:
    return random.Random(3).sample(list(submissions), len(submissions))


@dataclass(frozen=True)
class Outcome:
    """What a class's grading leaves, without its timings."""

    records: dict[str, str]
    notebooks: dict[str, bytes]
    gradebook: dict[str, Any]


def outcome(course: Path, lab: str) -> Outcome:
    graded = {path.parent.name: path for path in course.glob(f"autograded/*/{lab}")}
    records = {
        student: Record.from_json((folder / RECORD_NAME).read_bytes())
        for student, folder in graded.items()
    }
    return Outcome(
        {name: each.model_copy(update={"timings": {}}).to_json() for name, each in records.items()},
        {name: (folder / f"{lab}.ipynb").read_bytes() for name, folder in graded.items()},
        stored(load_settings(course)),
    )


def grade(
    course: Path, lab: str, processes: int = 1, order: Order = by_name, cluster: str = ""
) -> Outcome:
    """Grade everything that was handed in, whether it was graded before or not."""
    settings = load_settings(course).override(processes=processes)
    with autograde.planned(settings, lab, force=True, cluster=cluster) as what:
        results = autograde.run(replace(what, submissions=tuple(order(what.submissions))))
    assert (results.faults, results.unchanged) == ({}, 0)
    return outcome(course, lab)


def same(found: Outcome, expected: Outcome) -> None:
    """Compare student by student, so that a difference says whose it is."""
    assert found.records.keys() == expected.records.keys()
    for student, record in expected.records.items():
        assert found.records[student] == record, student
        if student not in STOPPED_SOMEWHERE:
            assert found.notebooks[student] == expected.notebooks[student], student
    assert found.gradebook == expected.gradebook


@contextmanager
def full_load() -> Iterator[None]:
    """Keep every core busy with something else."""
    busy = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range(max(2, autograde.cores()))
    ]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


# --- a class in miniature -------------------------------------------------------------------------


def test_a_small_class_is_graded_the_same_in_every_way(tmp_path: Path) -> None:
    course = tiny.write_course(tmp_path / "course")
    release(load_settings(course), tiny.LAB)
    for student, typed in zip("abcd", (tiny.RIGHT, tiny.HALF, tiny.WRONG, {}), strict=True):
        tiny.hand_in(course, student, typed)
    tiny.hand_in(course, "e", {}).write_text("no notebook", encoding="utf-8")
    expected = grade(course, tiny.LAB)
    assert len(expected.records) == 5
    same(grade(course, tiny.LAB), expected)
    same(grade(course, tiny.LAB, 3, backwards), expected)


# --- Lab 1: right and wrong work, damaged files, attacks ------------------------------------------


@pytest.fixture(scope="module")
def handed_in() -> Iterator[Path]:
    """A course that every user of this machine can read, with a class that handed in."""
    with tempfile.TemporaryDirectory(prefix="invariance-") as place:
        Path(place).chmod(0o755)
        course = Path(place) / "course"
        settings = make_course(load_settings(ROOT), course)
        with (course / "course_config.py").open("a", encoding="utf-8") as config:
            config.write(QUICK)
        release(settings, LAB)
        for sample in SAMPLES:
            if sample.student in CHOSEN:
                hand_in(settings, LAB, sample)
        lab = Lab.load(settings, LAB)
        for name in HOSTILE:
            path = settings.folder("submitted") / name / LAB / f"{LAB}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_bytes(read(ZOO / "hostile" / f"{name}.py").file(lab))
        yield course


@pytest.fixture(scope="module")
def expected(handed_in: Path) -> Outcome:
    """What the class is worth, graded by one process in the order of names."""
    with copied(handed_in) as course:
        found = grade(course, LAB)
    assert len(found.records) == len(CHOSEN) + len(HOSTILE)
    return found


@contextmanager
def copied(course: Path) -> Iterator[Path]:
    """The course as it was handed in, beside it, for one way of grading it."""
    copy = course.with_name("copy")
    shutil.copytree(course, copy)
    try:
        yield copy
    finally:
        shutil.rmtree(copy)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("processes", "order"),
    [(2, backwards), (4, shuffled)],
    ids=["2 processes, backwards", "4 processes, shuffled"],
)
def test_processes_and_order_change_nothing(
    processes: int, order: Order, handed_in: Path, expected: Outcome
) -> None:
    with copied(handed_in) as course:
        same(grade(course, LAB, processes, order), expected)


@pytest.mark.slow
def test_a_machine_under_full_load_gives_what_it_gives_without(
    handed_in: Path, expected: Outcome
) -> None:
    with copied(handed_in) as course, full_load():
        same(grade(course, LAB, 2), expected)


@pytest.mark.slow
def test_a_cluster_gives_what_one_machine_gives(
    handed_in: Path, expected: Outcome, tmp_path: Path
) -> None:
    with copied(handed_in) as course, cluster(tmp_path) as dask:
        dask.add("--nthreads", "2")
        dask.add(nanny=True)
        graded = grade(course, LAB, order=shuffled, cluster=dask.address)
    same(graded, expected)


def as_nobody(*program: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run Python as a user without any rights."""
    user = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    return subprocess.run(
        [*user, sys.executable, "-c", *program],
        env={**os.environ, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_an_ordinary_user_gives_what_root_gives(handed_in: Path, expected: Outcome) -> None:
    if os.geteuid() != 0:
        pytest.skip("root alone can become another user")
    if shutil.which("setpriv") is None:
        pytest.skip("there is no setpriv here")
    readable = as_nobody(PROBE, home=handed_in)
    if readable.returncode != 0:
        pytest.skip(f"an ordinary user cannot read the grader: {readable.stderr[-200:]}")
    with copied(handed_in) as course:
        for path in (course, *course.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        done = as_nobody(COMMAND, "autograde", LAB, "--processes", "2", home=course)
        assert done.returncode == 0, done.stderr
        assert (course / "gradebook.db").stat().st_uid == NOBODY
        same(outcome(course, LAB), expected)
