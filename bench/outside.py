"""What surrounds the grading: start-up, the self-test, a run's memory, a student's page.

A run is watched from outside, through `/proc`, because what is measured must not know that it is.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Self

from bench.contenders import PROGRAMS, Cost, timed
from bench.samples import REPOSITORY, Class
from course import feedback
from course.confinement import choose_isolation

WARM = b"course.sandbox.warm"
WORKERS = b"multiprocessing"
GRADED = 6  # how many students a run grades that is watched for its memory
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Process:
    """What /proc says of a process: its parent, its command line, its CPU seconds."""

    parent: int
    command: bytes
    cpu: float


@dataclass(frozen=True)
class Around:
    """Start-up, self-test and one page in seconds, medians; MiB of a run with two workers."""

    help_wall: float
    first_wall: float
    first_cpu: float
    self_test_wall: float
    run_mib: float
    page_wall: float

    @classmethod
    def measure(cls, of: Class, rounds: int) -> Self:
        """Measure each in some rounds, the memory once."""
        first = [first_submission(of) for _ in range(rounds)]
        return cls(
            help_wall=median(help_text().wall for _ in range(rounds)),
            first_wall=median(each.wall for each in first),
            first_cpu=median(each.cpu for each in first),
            self_test_wall=median(self_test(of) for _ in range(rounds)),
            run_mib=most_memory(of, 2),
            page_wall=page(of),
        )

    def text(self) -> str:
        """What to print."""
        return (
            f"Start-up: course --help {self.help_wall:.2f} s; course autograde, until the first"
            f" submission is being graded, {self.first_wall:.2f} s ({self.first_cpu:.2f} s of CPU)."
            f"\nSelf-test: {self.self_test_wall:.2f} s, once a run."
            f"\nMemory of a whole run with two workers: {self.run_mib:.0f} MiB at most."
            f"\nA student's page: {1000 * self.page_wall:.0f} ms."
        )


def help_text() -> Cost:
    """`course --help`, from start to end."""
    return timed([PROGRAMS / "course", "--help"], REPOSITORY)


def first_submission(of: Class) -> Cost:
    """Until the first submission's process is there: wall, and CPU of all that had run by then."""
    start = time.perf_counter()
    for family in _families(of, of.students[:1], 0.01):
        if any(_is_submission(family, pid) for pid in family):
            wall = time.perf_counter() - start
            return Cost(wall, sum(process.cpu for process in family.values()))
    raise RuntimeError("no submission was seen")


def self_test(of: Class) -> float:
    """Wall seconds to choose an isolation that proves itself."""
    start = time.perf_counter()
    choose_isolation(of.drawn, of.lab)
    return time.perf_counter() - start


def most_memory(of: Class, processes: int) -> float:
    """The most that a run with that many workers took at once, shared pages counted once: MiB."""
    families = _families(of, of.students[:GRADED], 0.1, "--processes", processes)
    return max(sum(map(_proportional, each)) for each in families) / 1024


def page(of: Class) -> float:
    """Wall seconds to write one more page, for those who were graded last: they come first."""
    moments: list[float] = []
    feedback.write(of.drawn, of.lab, lambda: moments.append(time.perf_counter()))
    return median(after - before for before, after in itertools.pairwise(moments[:GRADED]))


def _families(
    of: Class, students: Sequence[str], seconds: float, *more: object
) -> Iterator[dict[int, Process]]:
    """Grade these students from nothing, and look at the processes until the run has ended."""
    settings = of.drawn
    shutil.rmtree(settings.folder("autograded"), ignore_errors=True)
    (settings.root / "gradebook.db").unlink(missing_ok=True)
    command = [str(PROGRAMS / "course"), "autograde", of.lab, *map(str, more)]
    command += [part for student in students for part in ("--student", student)]
    quiet = subprocess.DEVNULL
    grader = subprocess.Popen(command, cwd=settings.root, stdout=quiet, stderr=quiet)
    try:
        while grader.poll() is None:
            yield _family(grader.pid)
            time.sleep(seconds)
    finally:
        if grader.wait():
            raise RuntimeError(f"course autograde ended with {grader.returncode}")


def _proportional(pid: int) -> int:
    """A process's memory in KiB; what it shares with others is divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:  # gone, or not ours to look into
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def cpu_of_family() -> float:
    """CPU seconds of this process and all that it started, ended ones that were waited for too."""
    return sum(process.cpu for process in _family(os.getpid()).values())


def _is_submission(family: dict[int, Process], pid: int) -> bool:
    """Whether it was forked from a worker's warm process; the self-test's is not a worker's."""
    process = family[pid]
    warm = family.get(process.parent)
    if warm is None or not (process.command == warm.command and WARM in process.command):
        return False
    if b"bwrap" in process.command.split(b"\0")[0]:
        return False
    while pid in family:
        if WORKERS in family[pid].command:
            return True
        pid = family[pid].parent
    return False


def _family(root: int) -> dict[int, Process]:
    """A process and its descendants, by number; nobody else is looked at, which would take time."""
    found: dict[int, Process] = {}
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        folder = Path(f"/proc/{pid}")
        try:
            fields = (folder / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes()
            for thread in (folder / "task").iterdir():
                waiting += map(int, (thread / "children").read_text("ascii").split())
        except OSError:
            continue
        cpu = sum(map(int, fields[11:15])) / TICKS  # with that of the children it has waited for
        found[pid] = Process(int(fields[1]), command, cpu)
    return found
