"""One run of `course autograde`: from what was handed in to folders, records and gradebook.

Everything that can be wrong with the course is looked at before anything is written. After that
only this process writes, one submission at a time: first its folder, then its gradebook rows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import cache, partial

from course import store, submitted
from course.batch import grade_all
from course.config import Settings
from course.confinement import choose_isolation
from course.errors import ConfigurationError
from course.gradebook import Gradebook, parse_timestamp
from course.grading import (
    Graded,
    Grader,
    ungraded,
)
from course.judge.checks import Checks
from course.lab import Lab
from course.ledger import Ledger
from course.marks import refuse_misfits
from course.record import Record, Status
from course.reports.notebook import render
from course.running import Executed
from course.sandbox.isolation import Isolation
from course.submission.repair import Cell
from course.submitted import HandedIn, Submission
from course.workers import Done

Watcher = Callable[[Record], None]
Pool = Callable[..., Generator[tuple[HandedIn, Done["Finished"]], None, None]]


@dataclass(frozen=True)
class Plan:
    """A run that can begin: the course is right, and this is what there is to do."""

    settings: Settings
    lab: Lab
    submissions: tuple[Submission, ...]
    isolation: Isolation
    force: bool = False  # grade what is unchanged, too
    cluster: str = ""  # the Dask scheduler whose workers grade; '' for this machine alone

    @property
    def processes(self) -> int:
        """How many grade at once: as set, else one per core; never more than there is to do."""
        return min(self.settings.processes or cores(), len(self.submissions))


@dataclass(frozen=True)
class Finished:
    """One submission as it is stored: its record, and the notebook that shows it."""

    record: Record
    notebook: str


@dataclass
class Results:
    """What a run came to: all records, and our own faults (tracebacks) by student.

    `unchanged` of the records are those of an earlier run, which would come out the same.
    `refused` says which workers of a cluster came late and may not grade, and why.
    """

    records: list[Record] = field(default_factory=list)
    unchanged: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether every submission was graded."""
        return all(record.status is not Status.UNGRADED for record in self.records)


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def plan(
    settings: Settings,
    lab_name: str,
    students: Collection[str] = (),
    *,
    force: bool = False,
    cluster: str = "",
    chosen: Callable[[], Isolation] | None = None,
) -> Plan:
    """Look at everything that a run needs; ConfigurationError when it cannot begin.

    `chosen` gives the isolation if it is being chosen already (`confinement.choosing`).
    """
    lab = Lab.load(settings, lab_name)
    refuse_misfits(lab, Checks(lab.checks_folder, settings.secret))
    submissions = submitted.find(settings, lab_name, students)
    _refuse_bad_times(submissions)
    isolation = chosen() if chosen else choose_isolation(settings, lab_name)
    return Plan(settings, lab, tuple(submissions), isolation, force, cluster)


def _refuse_bad_times(submissions: Iterable[Submission]) -> None:
    """Whoever collected them wrote these times: a wrong one is theirs to mend, not a zero."""
    for submission in submissions:
        try:
            parse_timestamp(submission.timestamp())
        except ConfigurationError as error:
            raise ConfigurationError(f"{submission.folder}: {error}") from None


def run(
    what: Plan,
    watch: Watcher = lambda record: None,
    heed: Callable[[], None] = lambda: None,
) -> Results:
    """Grade, store, and tell `watch` of each record as it is stored.

    `heed` may raise to end the run early; it is called where no submission is half stored.
    """
    settings, lab = what.settings, what.lab
    results = Results()
    with (
        _pool(what, results, heed) as grade,
        store.opened(settings.folder("autograded"), lab.name) as folders,
        ExitStack() as stack,
    ):
        gradebook = cache(partial(_open_gradebook, what, stack))
        ledger = Ledger(
            settings, lab, what.isolation, lambda: gradebook().automatic_scores(lab.name)
        )
        handed_in = _changed(what, ledger, results, watch, heed)
        for submission, done in stack.enter_context(closing(grade(handed_in, meanwhile=gradebook))):
            finished = done.graded or _ungraded(what, submission, done)
            folders.put(submission.student, _files(lab, finished, submission.timestamp))
            gradebook().store(finished.record, finished.notebook, submission.timestamp)
            results.records.append(finished.record)
            if done.graded:
                ledger.note(submission)
            if done.fault:
                results.faults[submission.student] = done.fault
            watch(finished.record)
        gradebook()  # also when nothing was to be graded
    return results


def _open_gradebook(what: Plan, stack: ExitStack) -> Gradebook:
    """The gradebook, which knows the lab. It takes a second: the workers need not wait for it."""
    gradebook = stack.enter_context(Gradebook(what.settings))
    gradebook.register(what.lab)
    return gradebook


@contextmanager
def _pool(what: Plan, results: Results, heed: Callable[[], None]) -> Iterator[Pool]:
    """Whoever grades: processes of this machine, or a cluster's workers once they may."""
    if not what.cluster:
        open_grader = partial(_open_grader, what.settings, what.lab, what.isolation)
        yield partial(grade_all, open_grader=open_grader, processes=what.processes, heed=heed)
        return
    from course.cluster.crew import gathered
    from course.cluster.parcel import Parcel

    parcel = Parcel.of(what.settings, what.lab, what.isolation, _open_grader)
    with gathered(what.cluster, parcel, heed) as crew:
        yield crew.grade_all
        results.refused += crew.refused


def _changed(
    what: Plan, ledger: Ledger, results: Results, watch: Watcher, heed: Callable[[], None]
) -> Iterator[HandedIn]:
    """Read what there is to grade; the records of what is unchanged are results already."""
    for submission in what.submissions:
        heed()
        handed_in = submission.read()
        record = None if what.force else ledger.unchanged(handed_in)
        if record is None:
            yield handed_in
        else:
            results.records.append(record)
            results.unchanged += 1
            watch(record)


@contextmanager
def _open_grader(
    settings: Settings, lab: Lab, isolation: Isolation
) -> Iterator[Callable[[HandedIn], Finished]]:
    """What a worker keeps open: a grader, and the rendering of what it gives."""
    with Grader(settings, lab, isolation) as grader:

        def grade(handed_in: HandedIn) -> Finished:
            graded = grader.grade(
                handed_in.student,
                handed_in.data,
                file_name=handed_in.file_name,
                problem=handed_in.problem,
                note=handed_in.note,
            )
            return Finished(graded.record, render(graded, settings))

        yield grade


def _ungraded(what: Plan, submission: HandedIn, done: Done[Finished]) -> Finished:
    """The lab as released, and why nothing could be said about this submission."""
    record = ungraded(submission.student, what.lab, done.reason)
    cells = (Executed(Cell(cell.cell_type, cell.release, cell)) for cell in what.lab.cells)
    return Finished(record, render(Graded(record, tuple(cells)), what.settings))


def _files(lab: Lab, finished: Finished, timestamp: str) -> dict[str, str]:
    files = {f"{lab.name}.ipynb": finished.notebook, store.RECORD_NAME: finished.record.to_json()}
    return files | ({store.TIMESTAMP_NAME: timestamp + "\n"} if timestamp else {})
