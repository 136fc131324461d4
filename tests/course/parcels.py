"""A course to be graded on a cluster, and a grader that tells what it was given."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import tiny

from course import autograde
from course.cluster.parcel import Parcel
from course.config import Settings, load_settings
from course.errors import KilledFromOutside
from course.lab import Lab
from course.record import Record
from course.release import release
from course.sandbox.isolation import Isolation
from course.submitted import HandedIn
from course.workers import MOST_KEPT

STUDENTS = {"ada": tiny.RIGHT, "ben": tiny.HALF, "cy": tiny.WRONG, "dee": {}}
POINTS = {"ada": 10.0, "ben": 3.5, "cy": 0.0, "dee": 0.0}


def make_course(folder: Path, crowd: int = 0, config: str = "") -> Path:
    """A released course in which STUDENTS have handed in, and a crowd that does all right."""
    course = tiny.write_course(folder / "course")
    with (course / "course_config.py").open("a") as file:
        file.write(config)
    release(load_settings(course), tiny.LAB)
    for student, typed in STUDENTS.items():
        tiny.hand_in(course, student, typed)
    for number in range(crowd):
        tiny.hand_in(course, f"student{number:02}", tiny.RIGHT)
    return course


def open_course(tmp_path: Path) -> Path:
    """A fixture, for each file that needs one: `course = pytest.fixture(open_course)`."""
    return make_course(tmp_path)


def parcel_of(course: Path, opener: Any, tier: str = "none") -> Parcel[Any]:
    settings = load_settings(course).override(isolation="none")
    lab = Lab.load(settings, tiny.LAB)
    return Parcel.of(settings, lab, Isolation.of_tier(tier), opener)


def run(
    course: Path, where: str, watch: Callable[[Record], None] = lambda record: None, **how: Any
) -> autograde.Results:
    with autograde.planned(load_settings(course), tiny.LAB, cluster=where) as what:
        return autograde.run(what, watch, **how)


def command(course: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = "from course.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "autograde", tiny.LAB, *arguments],
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
    )


kept: list[bytes] = []
"""What stays in a grading process when a submission is graded."""


@contextmanager
def open_looking(
    settings: Settings, lab: Lab, isolation: Isolation
) -> Iterator[Callable[[HandedIn], Any]]:
    """A grader that tells what it was given, and does what the submission's bytes say."""

    def look(handed_in: HandedIn) -> Any:
        match (handed_in.data or b"").split(b"\0"):
            case [b"crowded", times, place]:
                with open(place, "ab") as tries:  # noqa: PTH123 (bytes)
                    tries.write(b"x")
                    if tries.tell() <= int(times):
                        raise KilledFromOutside("it lacked room")
            case [b"raise"]:
                raise RuntimeError("the grader is wrong")
            case [b"die"]:
                os.kill(os.getpid(), signal.SIGKILL)
            case [b"take the worker along"]:
                os.kill(os.getppid(), signal.SIGKILL)
                time.sleep(30)
            case [b"grow"]:
                kept.append(b"1" * MOST_KEPT)
            case [b"sleep"]:
                time.sleep(30)
        return SimpleNamespace(
            process=os.getpid(),
            root=settings.root,
            mode=stat.S_IMODE(settings.root.stat().st_mode),
            files=sorted(str(each.relative_to(settings.root)) for each in settings.root.rglob("*")),
            settings=settings,
            threads=os.environ.get("OPENBLAS_NUM_THREADS"),
        )

    yield look
