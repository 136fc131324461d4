"""One program, tried: what each check says of it, and which mistake is named.

The programs are ours, so they run in the judge's own process; but a mutant may loop for ever, so
every call has a limit of CPU time, as a student's has.
"""

from __future__ import annotations

import contextlib
import io
import signal
import time
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from course.errors import GraderFault
from course.gate.programs import Kind, Programs, Trial
from course.gate.solution import Solution
from course.judge.checks import Checks
from course.judge.proxy import InProcess
from course.judge.verdict import Verdict
from course.lab import Exercise, Lab
from course.record import Outcome
from course.sandbox.outcome import TimeLimit

# CPU seconds for a call of a mutant: many times what the solution's slowest call takes, so that
# only what would never end is stopped.
LEAST_SECONDS = 0.25
SLOWER = 20


@dataclass(frozen=True)
class Result:
    """What came of one trial: the checks that did not pass, as `cell::check`."""

    rejected_by: frozenset[str] = frozenset()
    named: Mapping[str, str] = field(default_factory=dict)  # the diagnosis, by grade cell
    fault: str = ""  # the program does not even run
    broken: str = ""  # a check does not run


@dataclass(frozen=True)
class _Judged:
    """The checks of one grade cell that did not pass, and the mistake named there, or ''."""

    failed: frozenset[str]
    named: str


class _Stop(BaseException):
    """Raised in a function that has used up its time; no `except Exception` swallows it."""


class Bounded(InProcess):
    """Functions of our own, each call of which ends with TimeLimit after some CPU seconds."""

    def __init__(self, namespace: Mapping[str, Any], seconds: float) -> None:
        super().__init__(namespace)
        self._seconds = seconds
        self.slowest = 0.0

    def watch(self, name: str, *args: Any) -> tuple[Any, tuple[Any, ...]]:
        """As `Callee.watch`."""
        start = time.process_time()
        with limited(self._seconds):
            answer = super().watch(name, *args)
        self.slowest = max(self.slowest, time.process_time() - start)
        return answer


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Let a block use that much CPU time, then raise TimeLimit; for the main thread alone."""

    def stop(*_: object) -> None:
        raise _Stop

    before = signal.signal(signal.SIGPROF, stop)
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds, 0.1)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except _Stop:
        raise TimeLimit("call_cpu", seconds) from None
    finally:
        signal.signal(signal.SIGPROF, before)


class Bench:
    """One lab with its programs and its checks: tries program after program.

    ConfigurationError when the lab lacks what the gate needs.
    """

    def __init__(self, lab: Lab, secret: str, call_cpu: float) -> None:
        self.solution = Solution(lab)
        self.checks = Checks(lab.checks_folder, secret)
        self.programs = Programs(lab.checks_folder, self.checks.library, self.solution)
        self._folder, self._secret = lab.checks_folder, secret
        self._call_cpu = self._mutant_cpu = call_cpu
        self._slowest = 0.0
        self.attempt(next(self.programs.trials()))  # how slow is the solution itself?
        self._mutant_cpu = min(call_cpu, max(LEAST_SECONDS, SLOWER * self._slowest))

    def use(self, secret: str) -> None:
        """Let the checks draw their inputs from another secret."""
        if secret != self._secret:
            self.checks, self._secret = Checks(self._folder, secret), secret

    def attempt(self, trial: Trial, diagnose: bool = False) -> Result:
        """Try one program: a mutant by its own exercise's checks, any other by all of the lab.

        As in grading, an exercise below one that lost points is judged once more with right
        functions lent. `diagnose`: also look for the mistake that the checks' failures would be put
        down to.
        """
        judged: dict[str, _Judged] = {}
        fault = broken = ""
        try:
            judged |= self._judged(trial, diagnose)
            lost = [each for each in self.solution.exercises if _failing(judged, each)]
            again = frozenset(cell for each in lost[1:] for cell in _failing(judged, each))
            if again:
                for cell, alone in self._judged(trial, diagnose, lost, again):
                    judged[cell] = _Judged(judged[cell].failed & alone.failed, alone.named)
        except GraderFault as error:
            first, *_, last = str(error).strip().splitlines()
            broken = f"{first.removesuffix('Traceback (most recent call last):').strip()} {last}"
        except Exception as error:
            fault = f"{type(error).__name__}: {error}"
        rejected_by = (f"{cell}::{name}" for cell, each in judged.items() for name in each.failed)
        named = {cell: each.named for cell, each in judged.items() if each.named}
        return Result(frozenset(rejected_by), named, fault, broken)

    def _judged(
        self,
        trial: Trial,
        diagnose: bool,
        lent: Collection[Exercise] = (),
        only: Collection[str] | None = None,
    ) -> Iterator[tuple[str, _Judged]]:
        """What the checks of each cell, or of `only` these cells, say of a program."""
        for grade_id, callee in self._asked(trial, lent):
            if only is not None and grade_id not in only:
                continue
            verdicts = self.checks.judge(grade_id, callee)
            failed = [each for each in verdicts if each.outcome is not Outcome.PASSED]
            named = None
            if diagnose and _may_be_named(trial, failed):
                named = self.checks.diagnose(grade_id, callee)
            names = frozenset(each.name for each in failed)
            yield grade_id, _Judged(names, named.name if named else "")

    def _asked(self, trial: Trial, lent: Collection[Exercise]) -> Iterator[tuple[str, Bounded]]:
        """Run the notebook with the program in its place; give each cell that is to be judged.

        Cells above the program's own are passed over: nothing there has met it yet.
        """
        seconds = self._mutant_cpu if trial.kind is Kind.MUTANT else self._call_cpu
        cells = self.solution.run(self.programs.sources(trial), self.programs.names(trial), lent)
        own = self.solution.grade_cells(trial.function)
        met = not own
        while True:
            with _quiet(), limited(seconds):
                grade_id, namespace = next(cells, ("", {}))
            if not grade_id or (trial.kind is Kind.MUTANT and met and grade_id not in own):
                return
            met = met or grade_id in own
            if met:
                callee = Bounded(namespace, seconds)
                with _quiet():
                    yield grade_id, callee
                self._slowest = max(self._slowest, callee.slowest)


def _failing(judged: Mapping[str, _Judged], exercise: Exercise) -> list[str]:
    """The grade cells of an exercise at which a check did not pass."""
    return [cell for cell in exercise.grade_ids if cell in judged and judged[cell].failed]


def _may_be_named(trial: Trial, failed: Sequence[Verdict]) -> bool:
    """Whether a mistake might be named: as in grading, and always for what is right."""
    stopped = any(each.outcome is Outcome.TIMEOUT for each in failed)
    return trial.kind is not Kind.MISCONCEPTION or (bool(failed) and not stopped)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep to themselves what programs print, and NumPy's warnings."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
