"""Grading one submission: read → repair → run → judge → record.

A submission is a pure input and its record a pure output; nothing is stored here. Whatever the
bytes are, `Grader.grade` ends in marks or in a stated zero. Only a fault of our own is raised, as
`GraderFault`, and `ungraded` makes the record of it.
"""

from __future__ import annotations

import hashlib
import platform
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from time import perf_counter
from types import TracebackType
from typing import Self

import course
from course.config import Settings
from course.confinement import choose_isolation
from course.errors import GraderFault, KilledFromOutside, UnreadableSubmission
from course.judge.checks import Checks
from course.lab import CHANGED, Lab, LabCell
from course.lending import Loan, better, lend
from course.marks import checks_not_run, graded, refuse_misfits, written
from course.order import out_of_order
from course.pictures import Pictures
from course.plot import Plot
from course.recall import forget_much
from course.record import CellRecord, Outcome, Record, Repair, Status
from course.running import Executed, limits_hit, reached, run_cells
from course.sandbox.forks import WarmProcess
from course.sandbox.host import Child
from course.sandbox.isolation import Isolation
from course.sandbox.outcome import ProcessEnded
from course.submission.opened import opened
from course.submission.repair import Cell, Repaired


@dataclass(frozen=True)
class Graded:
    """A record, and the cells that it came from, for those who render them."""

    record: Record
    cells: tuple[Executed, ...]


class Grader:
    """Grades submissions of one lab, one after another, each in a fresh process.

    A context manager: it holds a warm process and the collected checks. ConfigurationError when
    the lab's checks and cells do not fit together. `alone`: no other one grades on this machine.
    """

    def __init__(
        self, settings: Settings, lab: Lab, isolation: Isolation | None = None, alone: bool = True
    ) -> None:
        self.settings = settings
        self.lab = lab
        self.alone = alone
        self.isolation = isolation or choose_isolation(settings, lab.name)
        with ExitStack() as stack:
            self._warm = stack.enter_context(
                WarmProcess(self.isolation, settings.limits, alone, settings.packages)
            )
            self.checks = Checks(lab.checks_folder, settings.secret)  # while that gets ready
            refuse_misfits(lab, self.checks)
            self.pictures = Pictures.beside(lab.checks_folder)
            if not lab.is_as_read(settings):  # this grader would judge by other checks than others
                raise GraderFault(CHANGED.format(lab=lab.name))
            self._held = stack.pop_all()

    def __enter__(self) -> Self:
        try:
            self._warm.start()
        except BaseException:  # of what did not begin, nobody would see the end
            self._held.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._held.__exit__(kind, error, trace)

    def grade(
        self,
        student: str,
        data: bytes | None,
        *,
        file_name: str = "",
        problem: str = "",
        note: str = "",
    ) -> Graded:
        """Grade what one student handed in.

        `problem` says why there are no bytes; `note` is something that was decided about them
        (which of several files counts) and that the student should know. KilledFromOutside when
        it may have been ended for what another one did: it is to be graded `alone`.
        """
        forget_much()
        start = perf_counter()
        try:
            if data is None:
                raise UnreadableSubmission(problem or "Nothing was handed in.")
            repaired = opened(data, self.lab)
        except UnreadableSubmission as unreadable:
            return self._zero(student, str(unreadable), data)
        seconds = perf_counter() - start
        try:
            return self._run(student, data, repaired, note, seconds)
        except KilledFromOutside:
            if not self.alone:
                raise
            return self._run(student, data, repaired, note, seconds)

    def _run(
        self, student: str, data: bytes, repaired: Repaired, note: str, seconds: float
    ) -> Graded:
        """Run, judge and record what took so many seconds to repair, in processes of its own."""
        repaired_at = perf_counter()
        with self._warm.fork() as child:
            ran = tuple(run_cells(child, repaired.cells))
            ran_at = perf_counter()
            pictures = self._pictures(ran)
            drawn_at = perf_counter()
            judged, not_run = self._judged_at_last(ran, child)
            ended = child.ended
        cells = (*self._judged_alone(judged), *not_run)
        noted = (Repair(rule="chosen", cell="", sentence=note),) if note else ()
        record = self._record(
            student,
            data,
            status=Status.GRADED,
            cells=_cell_records(self.lab, cells),
            repairs=noted + repaired.repairs + out_of_order(cells),
            limits_hit=limits_hit(cells, ended),
            pictures=pictures,
            timings={
                "repair": seconds,
                "run": ran_at - repaired_at,
                "pictures": drawn_at - ran_at,
                "judge": perf_counter() - drawn_at,
            },
        )
        return Graded(record, cells)

    def _judged_at_last(
        self, ran: tuple[Executed, ...], child: Child
    ) -> tuple[tuple[Executed, ...], tuple[Executed, ...]]:
        """Ask the checks, and nothing after them; also the cells that the program did not reach.

        What the student will read is final before the first check is asked, so nothing of a
        check's inputs can be in it. A program that ends itself is run once more, up to the cell
        with which it did: what stood there by then is judged.
        """
        ended = child.ended
        if ended is None:
            return tuple(self._judged(ran, child)), ()
        lived = reached(ran)
        with self._warm.fork() as again:
            deque(run_cells(again, [each.cell for each in ran[:lived]], draw=False), maxlen=0)
            judged = tuple(self._judged(ran[:lived], again))
        return judged, tuple(_with_records(ran[lived:], lambda cell: self._not_run(cell, ended)))

    def _pictures(self, ran: Sequence[Executed]) -> tuple[Plot, ...]:
        """Ask for the lab's pictures, in a process that never heard a check.

        Nor has any other process of this submission by then: one that had could tell this one, by
        the number of threads that it starts or the time that it takes.
        """
        if self.pictures is None:
            return ()
        with self._warm.fork() as child:
            return self.pictures.ask(child, ran)

    def _judged(self, cells: Iterable[Executed], child: Child) -> Iterator[Executed]:
        child.renew_budget()
        return _with_records(cells, lambda cell: self._judge(cell, child))

    def _judged_alone(self, judged: tuple[Executed, ...]) -> tuple[Executed, ...]:
        """Judge once more what may have lost its points to an exercise above it."""
        for loan in lend(self.lab, judged) if self.settings.lend else ():
            with self._warm.fork(sealed=True) as child:
                deque(run_cells(child, loan.program, draw=False), maxlen=0)
                child.renew_budget()
                judged = tuple(self._again(each, loan, child) for each in judged)
        return judged

    def _again(self, executed: Executed, loan: Loan, child: Child) -> Executed:
        lab_cell, first = executed.cell.lab_cell, executed.record
        if lab_cell is None or first is None or first.grade_id not in loan.grade_ids:
            return executed
        again = self._judge(lab_cell, child)
        return replace(executed, record=better(first, again, loan.names))

    def _judge(self, lab_cell: LabCell, child: Child) -> CellRecord:
        """Judge a grade cell by the names that stood there when it had run."""
        with suppress(ProcessEnded):
            child.recall(lab_cell.grade_id)
        if child.ended:
            return self._not_run(lab_cell, child.ended)
        checks = self.checks.by_cell[lab_cell.grade_id]
        verdicts = self.checks.judge(lab_cell.grade_id, child)
        record = graded(lab_cell, verdicts, self.checks)
        outcomes = {check.verdict for check in record.checks}
        if outcomes <= {Outcome.PASSED} or Outcome.TIMEOUT in outcomes or child.ended or not checks:
            return record
        diagnosis = self.checks.diagnose(lab_cell.grade_id, child)
        return record.model_copy(update={"diagnosis": diagnosis})

    def _not_run(self, lab_cell: LabCell, reason: str) -> CellRecord:
        return graded(lab_cell, checks_not_run(self.checks, lab_cell, reason), self.checks)

    def _zero(self, student: str, reason: str, data: bytes | None) -> Graded:
        """A stated zero: the lab as released, every check not run, and the reason."""
        released = (Executed(Cell(each.cell_type, each.release, each)) for each in self.lab.cells)
        why = reason.rstrip(".")
        cells = tuple(_with_records(released, lambda cell: self._not_run(cell, why)))
        record = self._record(
            student, data, status=Status.ZERO, reason=reason, cells=_cell_records(self.lab, cells)
        )
        return Graded(record, cells)

    def _record(self, student: str, data: bytes | None, **parts: object) -> Record:
        return Record.model_validate(
            {
                "student": student,
                "lab": self.lab.name,
                "max_points": self.lab.max_points,
                "points": sum(cell.points for cell in parts["cells"]),  # type: ignore[attr-defined]
                "isolation": self.isolation.to_dict(),
                "versions": versions(),
                "source_hash": self.lab.source_hash,
                "submission_hash": hashlib.sha256(data or b"").hexdigest(),
                **parts,
            }
        )


def _with_records(
    cells: Iterable[Executed], judge: Callable[[LabCell], CellRecord]
) -> Iterator[Executed]:
    """Give each graded cell its record: a grade cell by `judge`, a written answer for a TA."""
    for executed in cells:
        lab_cell = executed.cell.lab_cell
        if lab_cell is not None and lab_cell.kind == "grade":
            yield replace(executed, record=judge(lab_cell))
        elif lab_cell is not None and lab_cell.kind == "written":
            answered = executed.cell.source != lab_cell.release
            yield replace(executed, record=written(lab_cell, answered))
        else:
            yield executed


def _cell_records(lab: Lab, cells: Sequence[Executed]) -> tuple[CellRecord, ...]:
    return tuple(each.record for each in cells if each.record is not None)


def ungraded(student: str, lab: Lab, reason: str) -> Record:
    """The record of a submission that could not be graded through a fault of ours."""
    return Record(
        student=student,
        lab=lab.name,
        status=Status.UNGRADED,
        reason=reason,
        max_points=lab.max_points,
        versions=versions(),
        source_hash=lab.source_hash,
    )


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    packages = ("numpy", "matplotlib", "ipython", "pytest")
    found = [("course", course.__version__), ("python", platform.python_version())]
    return tuple(found + [(name, version(name)) for name in packages])


def versions() -> dict[str, str]:
    """What graded: the versions of this package, Python and the libraries that matter."""
    return dict(_versions())
