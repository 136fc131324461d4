"""One run of `course autograde`: from what was handed in to folders, records and gradebook.

Everything that can be wrong with the course is looked at before anything is written. After that
only this process writes, one submission at a time: first its folder, then its gradebook rows.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Collection, Generator, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, partial

from course import store, submitted
from course.batch import grade_all, readied
from course.config import Settings
from course.confinement import choosing
from course.errors import ConfigurationError
from course.gradebook import Gradebook, parse_timestamp
from course.grading import (
    Graded,
    Grader,
    ungraded,
)
from course.judge.checks import Checks
from course.lab import Lab
from course.ledger import Ledger, is_noted
from course.marks import refuse_misfits
from course.record import Record, Status
from course.reports.notebook import render
from course.running import Executed
from course.sandbox.isolation import Isolation
from course.sandbox.tiers import hoped_for
from course.submission.repair import Cell
from course.submitted import HandedIn, Submission
from course.workers import Done, OpenGrader

UNREAD = "What was handed in could not be read on this machine, so this is to be graded again."

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
    crew: Executor | None = None  # workers who got ready ahead

    @property
    def processes(self) -> int:
        """How many grade at once: as set, else one per core; never more than there is to do."""
        return min(self.settings.processes or cores(), len(self.submissions))


@dataclass(frozen=True)
class Finished:
    """One submission as it is stored: its record, and the notebook that shows it."""

    record: Record
    notebook: str

    def vouched_for(self, isolation: Isolation) -> Finished:
        """The same, with what was proved of the tier that it was graded in."""
        proved = {"isolation": isolation.to_dict()}
        return replace(self, record=self.record.model_copy(update=proved))


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


@contextmanager
def planned(
    settings: Settings,
    lab_name: str,
    students: Collection[str] = (),
    *,
    force: bool = False,
    cluster: str = "",
) -> Iterator[Plan]:
    """Look at everything that a run needs; ConfigurationError when it cannot begin.

    Meanwhile workers get ready in the isolation that is hoped for. They run nothing before it is
    proved; if it is not, they have gone when the plan is there.
    """
    lab = Lab.load(settings, lab_name)
    submissions = tuple(submitted.find(settings, lab_name, students))
    what = Plan(settings, lab, submissions, hoped_for(settings.isolation), force, cluster)
    with choosing(settings, lab_name) as chosen, ExitStack() as ahead:
        crew = None if cluster else ahead.enter_context(_getting_ready(what))
        refuse_misfits(lab, Checks(lab.checks_folder, settings.secret))
        isolation = chosen()
        if isolation.tier != what.isolation.tier:
            ahead.close()
            crew = None
        yield replace(what, isolation=isolation, crew=crew)


def _getting_ready(what: Plan) -> AbstractContextManager[Executor]:
    """As many workers as will have something to do, whatever is found to be unchanged."""
    new = (
        each
        for each in what.submissions
        if what.force or not is_noted(what.settings, what.lab.name, each.student)
    )
    sure = len([*itertools.islice(new, what.processes)])
    return readied(_opener(what, alone=what.processes == 1), what.processes, sure)


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
        unread: list[tuple[HandedIn, Done[Finished]]] = []
        handed_in = _changed(what, ledger, results, watch, heed, unread)
        graded = stack.enter_context(closing(grade(handed_in, meanwhile=gradebook)))
        for submission, done in itertools.chain(graded, unread):
            finished = _finished(what, submission, done)
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
        beside, alone = (_opener(what, alone=alone) for alone in (what.processes == 1, True))
        here = partial(grade_all, open_grader=beside, processes=what.processes)
        yield partial(here, heed=heed, crew=what.crew, open_alone=alone)
        return
    from course.cluster.crew import gathered
    from course.cluster.parcel import Parcel

    beside_others = partial(_open_grader, alone=False)
    parcel = Parcel.of(what.settings, what.lab, what.isolation, beside_others)
    with gathered(what.cluster, parcel, heed) as crew:
        yield crew.grade_all
        results.refused += crew.refused


def _changed(
    what: Plan,
    ledger: Ledger,
    results: Results,
    watch: Watcher,
    heed: Callable[[], None],
    unread: list[tuple[HandedIn, Done[Finished]]],
) -> Iterator[HandedIn]:
    """Read what there is to grade; the records of what is unchanged are results already.

    What came at no time that can be read is not graded, lest it count as in time; nor is it a zero,
    for it may be whoever collects who wrote that time. It goes to `unread`, as does what this
    machine cannot read.
    """
    for submission in what.submissions:
        heed()
        handed_in = submission.read()
        if handed_in.unread:
            unread.append((handed_in, Done(None, handed_in.unread, UNREAD)))
            continue
        try:
            parse_timestamp(handed_in.timestamp)
        except ConfigurationError as error:
            nothing = replace(handed_in, data=None, timestamp="")
            unread.append((nothing, Done(None, reason=str(error))))
            continue
        record = None if what.force else ledger.unchanged(handed_in)
        if record is None:
            yield handed_in
        else:
            results.records.append(record)
            results.unchanged += 1
            watch(record)


def _opener(what: Plan, *, alone: bool) -> OpenGrader[Finished]:
    """What opens a worker's grader. It knows the tier; what is proved of it, who proved it adds."""
    isolation = Isolation.of_tier(what.isolation.tier)
    return partial(_open_grader, what.settings, what.lab, isolation, alone=alone)


@contextmanager
def _open_grader(
    settings: Settings, lab: Lab, isolation: Isolation, *, alone: bool
) -> Iterator[Callable[[HandedIn], Finished]]:
    """What a worker keeps open: a grader, and the rendering of what it gives."""
    with Grader(settings, lab, isolation, alone) as grader:

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


def _finished(what: Plan, submission: HandedIn, done: Done[Finished]) -> Finished:
    """What is stored; if nothing could be said, the lab as released, and why."""
    if done.graded:
        return done.graded if what.cluster else done.graded.vouched_for(what.isolation)
    record = ungraded(submission.student, what.lab, done.reason)
    cells = (Executed(Cell(cell.cell_type, cell.release, cell)) for cell in what.lab.cells)
    return Finished(record, render(Graded(record, tuple(cells)), what.settings))


def _files(lab: Lab, finished: Finished, timestamp: str) -> dict[str, str]:
    files = {f"{lab.name}.ipynb": finished.notebook, store.RECORD_NAME: finished.record.to_json()}
    return files | ({store.TIMESTAMP_NAME: timestamp + "\n"} if timestamp else {})
