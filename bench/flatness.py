"""Does the thousandth submission cost what the first did? One long run of cheap submissions.

Everybody hands in the lab as released, and no figure is drawn, so that what the grader itself does
is as large a part as it can be: whatever grew with the class would show. The scheduling process,
which alone writes, is also looked at by its CPU seconds, which do not depend on the neighbours.
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import Self

from bench.outside import cpu_of_family
from bench.samples import NO_FIGURES, notebook_of
from course import batch
from course.autograde import planned, run
from course.config import Settings, load_settings
from course.demo import make_course
from course.gradebook import Gradebook
from course.record import Record
from course.release import release


@dataclass(frozen=True)
class Flatness:
    """A run in fifths: submissions a second, and CPU milliseconds for one.

    `cpu_ms` is of all processes, `scheduler_ms` of the one that hands out and stores. `again_ms`
    and `marks_ms` are for one submission, too: when nothing had changed, and to read everybody's
    marks from the gradebook.
    """

    submissions: int
    processes: int
    per_second: tuple[float, ...]
    cpu_ms: tuple[float, ...]
    scheduler_ms: tuple[float, ...]
    again_ms: float
    marks_ms: float

    def text(self) -> str:
        """What to print."""
        fifths = zip(range(1, 6), self.per_second, self.cpu_ms, self.scheduler_ms, strict=True)
        rate, cpu, stored = (
            each[-1] / each[0] for each in (self.per_second, self.cpu_ms, self.scheduler_ms)
        )
        return "\n".join(
            [
                f"{self.submissions} submissions, {self.processes} processes:",
                *(
                    f"  fifth {n}: {rate:5.2f} a second, {cpu:4.0f} ms of CPU each, of it {ms:.1f}"
                    " to hand out and store"
                    for n, rate, cpu, ms in fifths
                ),
                f"  last against first: {rate:.2f} times as many a second, {cpu:.2f} times the CPU,"
                f" {stored:.2f} times to hand out and store",
                f"  again, unchanged: {self.again_ms:.2f} ms each; all marks: {self.marks_ms:.2f}",
            ]
        )

    def to_json(self) -> str:
        """All of it."""
        return json.dumps(asdict(self), indent=1)


def flatness(settings: Settings, lab: str, submissions: int, folder: Path) -> Flatness:
    """Make that class in `folder`, grade it, and look at the fifths of the run."""
    cheap = _class(settings, lab, submissions, folder / "cheap")
    batch.prepare()
    moments: list[Moment] = []
    count = itertools.count(1)
    with planned(cheap, lab) as what:
        first = what.processes + 2  # before that, start-up
        ends = [first + round(part * (submissions - first) / 5) for part in range(6)]

        def watch(_: Record) -> None:
            graded = next(count)
            if graded in ends:
                moments.append(Moment.now(graded))
                print(f"{graded} graded", file=sys.stderr)

        run(what, watch)
        again = _cpu_seconds(lambda: run(what))
    with Gradebook(cheap) as gradebook:
        marks = _cpu_seconds(lambda: gradebook.marks(lab))
    fifths = [after - before for before, after in itertools.pairwise(moments)]
    return Flatness(
        submissions,
        what.processes,
        tuple(round(each.graded / each.wall, 2) for each in fifths),
        tuple(round(1000 * each.cpu / each.graded, 1) for each in fifths),
        tuple(round(1000 * each.scheduler / each.graded, 2) for each in fifths),
        round(1000 * again / submissions, 2),
        round(1000 * marks / submissions, 2),
    )


@dataclass(frozen=True)
class Moment:
    """How many were graded, and seconds so far: wall, CPU of all processes and of this one."""

    graded: int
    wall: float
    cpu: float
    scheduler: float

    @classmethod
    def now(cls, graded: int) -> Self:
        """Look at the clock and at /proc."""
        return cls(graded, time.perf_counter(), cpu_of_family(), time.process_time())

    def __sub__(self, before: Moment) -> Moment:
        """What lies between two moments."""
        pairs = zip(astuple(self), astuple(before), strict=True)
        return Moment(*(after - earlier for after, earlier in pairs))


def _cpu_seconds(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


def _class(settings: Settings, lab: str, submissions: int, folder: Path) -> Settings:
    made = make_course(settings, folder)
    release(made, lab)
    with (made.root / "course_config.py").open("a", encoding="utf-8") as config:
        config.write(NO_FIGURES)
    made = load_settings(made.root)
    released = made.folder("release") / lab / f"{lab}.ipynb"
    cells = json.loads(released.read_text(encoding="utf-8"))["cells"]
    for number in range(submissions):
        student = f"s{number:05d}"
        path = made.folder("submitted") / student / lab / f"{lab}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(notebook_of(cells, student))
    return made
