"""What the gate found: which programs got through, and which checks prove nothing.

Each finding is one sentence for the lab's author, and the program that it is about. No finding
means that the gate is green.
"""

from __future__ import annotations

import contextlib
import inspect
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from course.gate.programs import EQUIVALENT, Kind, Trial
from course.gate.trial import Result
from course.gate.tried import Tried


@dataclass(frozen=True)
class Finding:
    """One thing that must not be; `source` is the program, as its author wrote it."""

    sentence: str
    source: str = ""


@dataclass(frozen=True)
class Row:
    """One check, and what it is good for under the course's own secret."""

    cell: str
    check: str
    points: float
    explanatory: str  # why it may reject nothing alone
    rejects: tuple[str, ...]  # misconceptions, of any exercise
    alone: tuple[str, ...]  # those of its exercise that no other check of it rejects
    mutants: int  # how many of its exercise's mutants it rejects

    @property
    def name(self) -> str:
        """As misconceptions name it."""
        return f"{self.cell}::{self.check}"


def rows(tried: Tried) -> list[Row]:
    """All checks, in the notebook's order."""
    wrong = {t: found[0] for t, found in tried.results.items() if t.kind is Kind.MISCONCEPTION}
    mutants = [found[0] for t, found in tried.results.items() if t.kind is Kind.MUTANT]
    own = {trial: in_own_exercise(tried, trial, result) for trial, result in wrong.items()}
    table = []
    for cell, checks in tried.checks.items():
        for check in checks:
            name = f"{cell}::{check.name}"
            table.append(
                Row(
                    cell=cell,
                    check=check.name,
                    points=check.max_points,
                    explanatory=check.explanatory,
                    rejects=tuple(
                        t.name for t, found in wrong.items() if name in found.rejected_by
                    ),
                    alone=tuple(t.name for t, rejecting in own.items() if rejecting == {name}),
                    mutants=sum(name in found.rejected_by for found in mutants),
                )
            )
    return table


def in_own_exercise(tried: Tried, trial: Trial, result: Result) -> set[str]:
    """The checks of a program's own exercise that reject it."""
    own = tried.exercises[trial.function]
    return {name for name in result.rejected_by if name.partition("::")[0] in own}


def findings(tried: Tried) -> list[Finding]:
    """Everything that keeps the gate shut."""
    return [
        *_of_programs(tried),
        *_of_diagnoses(tried),
        *_of_names(tried),
        *_of_checks(tried),
        *_of_list(tried),
    ]


def _of_programs(tried: Tried) -> Iterator[Finding]:
    """Right programs that are rejected and wrong ones that are not, and with how many secrets."""
    for trial, results in tried.results.items():
        met = Counter(each for result in results for each in _verdict(tried, trial, result))
        for sentence, times in met.items():
            often = f" (with {times} of {len(results)} secrets)" if times < len(results) else ""
            yield Finding(f"{_title(trial)} {sentence}{often}.", _source(tried, trial))


def _verdict(tried: Tried, trial: Trial, result: Result) -> Iterator[str]:
    """What is wrong about one result of one program."""
    if result.broken:
        yield f"meets a check that breaks: {result.broken}"
    if result.fault and trial.kind is not Kind.MUTANT:
        yield f"does not run: {result.fault}"
    match trial.kind:
        case Kind.MUTANT:
            if not result.rejected_by and not result.fault and not _reason(tried, trial):
                yield "gets through" + _exercise(tried, trial)
        case Kind.MISCONCEPTION:
            wrong = tried.programs.misconceptions[trial.place]
            if not in_own_exercise(tried, trial, result):
                yield "gets through" + _exercise(tried, trial)
            elif missing := set(wrong.rejected_by) - result.rejected_by:
                yield f"is not rejected by {_list(missing)}, which it names"
        case _:
            if result.rejected_by:
                yield f"is right, but rejected by {_list(result.rejected_by)}"


def _of_diagnoses(tried: Tried) -> Iterator[Finding]:
    """Mistakes that are taken for others, and right programs that are told of one."""
    for trial, results in tried.results.items():
        for cell, name in results[0].named.items():
            if trial.kind is not Kind.MISCONCEPTION or name != trial.name:
                sentence = f"{_title(trial)} is taken for {name} in {cell}."
                yield Finding(sentence, _source(tried, trial))


def _of_names(tried: Tried) -> Iterator[Finding]:
    """Checks that misconceptions name, and that there are not."""
    known = {f"{cell}::{check.name}" for cell, group in tried.checks.items() for check in group}
    for wrong in tried.programs.misconceptions:
        for name in sorted(set(wrong.rejected_by) - known):
            yield Finding(f"The misconception {wrong.name} names {name}, which is no check.")


def _of_checks(tried: Tried) -> Iterator[Finding]:
    """Checks that reject nothing, or nothing that others do not reject."""
    for row in rows(tried):
        if not row.rejects:
            yield Finding(f"The check {row.name} rejects no misconception.")
        elif not row.alone and not row.explanatory:
            yield Finding(
                f"The check {row.name} rejects nothing that other checks of its exercise let "
                'pass: sharpen it, or mark it @pytest.mark.explanatory("why").'
            )


def _of_list(tried: Tried) -> Iterator[Finding]:
    """Mutants that are listed as equivalent without being so."""
    mutants = {each.key: str(each) for each in tried.programs.mutants}
    for key in tried.programs.equivalent.keys() - mutants.keys():
        function, rule, before, after = key
        shown = f"{function} · {rule}: {before}  →  {after}"
        yield Finding(f"{EQUIVALENT} lists a mutant that there is not: {shown}")
    for trial, results in tried.results.items():
        if trial.kind is Kind.MUTANT and _reason(tried, trial):
            rejecting = set[str]().union(*(result.rejected_by for result in results))
            if rejecting or any(result.fault for result in results):
                who = _list(rejecting) or "Python itself"
                yield Finding(f"{EQUIVALENT} lists a mutant that {who} rejects: {trial.name}")


def _title(trial: Trial) -> str:
    if trial.kind is Kind.SOLUTION:
        return "The notebook's own solution"
    about = "" if trial.kind is Kind.MUTANT else f" ({trial.function})"
    return f"The {trial.kind} {trial.name}{about}"


def _exercise(tried: Tried, trial: Trial) -> str:
    return ", past the checks of " + _list(tried.exercises[trial.function])


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _reason(tried: Tried, trial: Trial) -> str:
    """Why a mutant is equivalent to the solution, if it is listed."""
    return tried.programs.equivalent.get(tried.programs.mutants[trial.place].key, "")


def _source(tried: Tried, trial: Trial) -> str:
    match trial.kind:
        case Kind.RIGHT:
            with contextlib.suppress(OSError, TypeError):  # not every callable has a source
                return inspect.getsource(tried.programs.right[trial.place][1])
        case Kind.MISCONCEPTION:
            return tried.programs.misconceptions[trial.place].source()
    return ""
