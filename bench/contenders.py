"""Who is measured, and how: a program, from its start to its end, by the kernel's own account.

Wall seconds depend on what else the machine does; CPU seconds (of a program and all that it
started) hardly do, so ratios of CPU hold on a busy machine too.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.samples import REPOSITORY, Class
from course.config import Settings
from course.sandbox.confine import prctl

PROGRAMS = Path(sys.executable).parent
PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Cost:
    """What one run of a program took: wall and CPU seconds."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Contender:
    """One way to grade: `grade` takes some students' ids and grades exactly those, from nothing.

    `most` is how many it is given at most, for who takes too long to be given all.
    """

    name: str
    figures: bool
    grade: Callable[[Sequence[str]], Cost]
    most: int = sys.maxsize


def timed(command: Sequence[str | Path], cwd: Path, **environment: str) -> Cost:
    """Run a program to its end; RuntimeError with what it said when it fails.

    Whatever it leaves behind (the process that our workers are forked from ends a moment after the
    command) becomes this process's child, is waited for, and counts.
    """
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, "PATH": path, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        shown = said.decode("utf-8", "replace")[-2000:]
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {shown}")
    return Cost(wall, usage.ru_utime + usage.ru_stime + _left_behind())


def _left_behind() -> float:
    """CPU seconds of all other children, once they have ended."""
    cpu = 0.0
    with contextlib.suppress(ChildProcessError):  # no more of them
        while True:
            _, _, usage = os.wait4(-1, 0)
            cpu += usage.ru_utime + usage.ru_stime
    return cpu


def ours(of: Class, settings: Settings, processes: int) -> Contender:
    """`course autograde`, confined as this machine can, everything stored."""

    def grade(students: Sequence[str]) -> Cost:
        shutil.rmtree(settings.folder("autograded"), ignore_errors=True)
        (settings.root / "gradebook.db").unlink(missing_ok=True)
        chosen = [part for student in students for part in ("--student", student)]
        count = ("--processes", str(processes))
        cost = timed([PROGRAMS / "course", "autograde", of.lab, *count, *chosen], settings.root)
        for student in students:
            path = settings.folder("autograded") / student / of.lab / "record.json"
            points = json.loads(path.read_text(encoding="utf-8"))["points"]
            if points != of.points[student]:
                raise RuntimeError(f"{student} got {points}, not {of.points[student]}")
        return cost

    plural = "process" if processes == 1 else "processes"
    return Contender(f"course autograde, {processes} {plural}", settings is of.drawn, grade)


def floor(of: Class, figures: bool) -> Contender:
    """Bare cells and checks in a fork; see `bench.floor`."""

    def grade(students: Sequence[str]) -> Cost:
        settings = of.drawn
        submitted = settings.folder("submitted")
        notebooks = [submitted / student / of.lab / f"{of.lab}.ipynb" for student in students]
        what = [settings.root / "tests", of.lab, settings.secret, *notebooks]
        draw = ["--draw"] * figures
        return timed([sys.executable, "-m", "bench.floor", *what, *draw], REPOSITORY)

    return Contender("floor", figures, grade)


def nbgrader(of: Class, figures: bool) -> Contender:
    """Stock nbgrader: a kernel for each notebook, the same checks in its hidden cells."""
    backend = {} if figures else {"MPLBACKEND": "agg"}

    def grade(students: Sequence[str]) -> Cost:
        shutil.rmtree(of.stock / "autograded", ignore_errors=True)
        assert len(students) in (1, len(of.students)), "nbgrader takes one student, or all"
        who = [f"--student={students[0]}"] if len(students) == 1 else []
        return timed([PROGRAMS / "nbgrader", "autograde", of.lab, *who], of.stock, **backend)

    return Contender("nbgrader autograde", figures, grade)


def prepare_nbgrader(of: Class) -> None:
    """Make nbgrader's release and gradebook, once."""
    timed([PROGRAMS / "nbgrader", "generate_assignment", of.lab], of.stock)
