"""Running the gate: every program of a lab against its checks, on all cores.

A worker holds the lab and is told which program to try; what comes back is a few names. The
course's own secret is always tried, others on demand: a check must not depend on the luck of its
seed.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from course.batch import WORKER_DIED, grade_all
from course.config import Settings
from course.errors import GraderFault
from course.gate.programs import Kind, Programs, Trial
from course.gate.trial import Bench, Result
from course.judge.collection import Check
from course.lab import Lab
from course.marks import refuse_misfits

Task = tuple[int, Trial]  # the number of a secret, and what to try
Answers = Generator[tuple[Task, Result], None, None]

# CPU seconds for one program in a worker. What is Python is stopped long before that; this ends
# what never comes back to Python, and the program counts as rejected.
HARD_SECONDS = 60
NEVER_ENDS = "it does not end, or it ends its process"


@dataclass(frozen=True)
class Tried:
    """What was tried and what came of it: for each program one result under each secret."""

    lab: str
    checks: Mapping[str, tuple[Check, ...]]  # by grade cell, in the notebook's order
    exercises: Mapping[str, tuple[str, ...]]  # by function: its own grade cells
    programs: Programs
    results: Mapping[Trial, tuple[Result, ...]]
    seconds: float


class Plan:
    """A gate that can begin: the lab is whole, and these are the programs to try.

    ConfigurationError says what the lab lacks. `seeds` is how many secrets are tried beside the
    course's own, `processes` how many try at once; 0 means this very process.
    """

    def __init__(self, settings: Settings, lab_name: str, seeds: int = 0, processes: int = 0):
        self._settings = settings
        self._lab = Lab.load(settings, lab_name)
        self._bench = Bench(self._lab, settings.secret, settings.limits.call_cpu)
        refuse_misfits(self._lab, self._bench.checks)
        self._processes = processes
        trials = list(self._bench.programs.trials())
        self.tasks = [(number, trial) for number in range(seeds + 1) for trial in trials]

    def run(self, watch: Callable[[], None] = lambda: None) -> Tried:
        """Try everything, and tell `watch` after each program."""
        start = time.perf_counter()
        results: dict[Task, Result] = {}
        with closing(self._in_workers() if self._processes else self._here()) as answers:
            for task, result in answers:
                results[task] = result
                watch()
        bench, by_trial = self._bench, dict[Trial, list[Result]]()
        for number, trial in self.tasks:
            by_trial.setdefault(trial, []).append(results[number, trial])
        return Tried(
            lab=self._lab.name,
            checks={
                cell.grade_id: bench.checks.by_cell[cell.grade_id]
                for cell in self._lab.graded
                if cell.kind == "grade"
            },
            exercises={
                trial.function: bench.solution.grade_cells(trial.function) for trial in by_trial
            },
            programs=bench.programs,
            results={trial: tuple(found) for trial, found in by_trial.items()},
            seconds=time.perf_counter() - start,
        )

    def _here(self) -> Answers:
        for task in self.tasks:
            yield task, _attempt(self._bench, self._settings.secret, task)

    def _in_workers(self) -> Answers:
        tasks: Any = self.tasks  # grading's workers ask nothing of what they are handed
        open_bench = partial(_open, self._settings, self._lab.name)
        with closing(grade_all(tasks, open_bench, self._processes)) as answers:
            for task, done in answers:
                if done.fault and done.fault != WORKER_DIED:
                    raise GraderFault(done.fault)
                answered: Any = task
                yield answered, done.graded or Result(fault=NEVER_ENDS)


@contextmanager
def _open(settings: Settings, lab_name: str) -> Iterator[Callable[[Any], Result]]:
    """What a worker keeps: the lab, its programs and checks."""
    bench = Bench(Lab.load(settings, lab_name), settings.secret, settings.limits.call_cpu)

    def attempt(task: Task) -> Result:
        used = resource.getrusage(resource.RUSAGE_SELF)
        most = int(used.ru_utime + used.ru_stime) + HARD_SECONDS
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (most, hard))
        return _attempt(bench, settings.secret, task)

    yield attempt


def _attempt(bench: Bench, secret: str, task: Task) -> Result:
    """Try one program; which mistake is named does not depend on the secret."""
    number, trial = task
    bench.use(f"{secret} {number}" if number else secret)
    return bench.attempt(trial, diagnose=not number and trial.kind is not Kind.MUTANT)
