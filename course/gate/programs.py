"""Everything that is tried against a lab's checks, and what must come of it.

The lab's own solution and every right program must lose nothing; every misconception and every
mutant must be rejected. Programs are named by where they stand, so that they can be sent to a
worker, which holds the same lab.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

from course.errors import ConfigurationError
from course.gate.mutants import mutants_of
from course.gate.solution import Solution
from course.judge.collection import module_beside
from course.judge.diagnosis import Library, Misconception, Program

EQUIVALENT = "equivalent_mutants.toml"


class Kind(StrEnum):
    """Where a program comes from."""

    SOLUTION = "solution"  # the source notebook
    RIGHT = "right program"  # tests/<lab>/right_programs
    MISCONCEPTION = "misconception"  # tests/<lab>/misconceptions
    MUTANT = "mutant"  # the solution, changed by a rule


@dataclass(frozen=True)
class Trial:
    """One program: the solution with `function` replaced by it; `place` is where it stands."""

    kind: Kind
    name: str
    function: str = ""
    place: int = 0


class Programs:
    """The programs of one lab; ConfigurationError when its folder of checks lacks some."""

    def __init__(self, folder: Path, library: Library | None, solution: Solution) -> None:
        if library is None or not library.misconceptions:
            raise ConfigurationError(
                f"{folder} has no misconceptions, and checks that reject no wrong program prove "
                f"nothing: write {folder / 'misconceptions.py'}."
            )
        self.misconceptions: Sequence[Misconception] = library.misconceptions
        self.right = tuple(_right(folder))
        self.mutants = tuple(each for cell in solution.cells for each in mutants_of(cell))
        self.equivalent = _equivalent(folder / EQUIVALENT)
        for each in self.trials():
            if each.function and not solution.grade_cells(each.function):
                raise ConfigurationError(
                    f"The {each.kind} {each.name} is about {each.function!r}, which no solution "
                    "cell before a grade cell defines: mend its name."
                )

    def trials(self) -> Iterator[Trial]:
        """All of them, in a fixed order."""
        yield Trial(Kind.SOLUTION, "the solution")
        for place, (function, program) in enumerate(self.right):
            name = getattr(program, "__name__", f"number {place + 1}")
            yield Trial(Kind.RIGHT, name, function, place)
        for place, wrong in enumerate(self.misconceptions):
            yield Trial(Kind.MISCONCEPTION, wrong.name, wrong.function, place)
        for place, mutant in enumerate(self.mutants):
            yield Trial(Kind.MUTANT, str(mutant), mutant.function, place)

    def sources(self, trial: Trial) -> dict[str, str]:
        """The solution cells that a trial replaces, by their ids."""
        if trial.kind is not Kind.MUTANT:
            return {}
        mutant = self.mutants[trial.place]
        return {mutant.cell_id: mutant.source}

    def names(self, trial: Trial) -> dict[str, Program]:
        """The functions that a trial replaces."""
        match trial.kind:
            case Kind.RIGHT:
                return {trial.function: fresh(self.right[trial.place][1])}
            case Kind.MISCONCEPTION:
                return {trial.function: fresh(self.misconceptions[trial.place].program)}
        return {}


def fresh(program: Program) -> Program:
    """A copy of a function that shares no list, dict or array with other copies.

    What a program keeps between calls, in a default argument or a global, must not reach the next
    trial.
    """
    if not isinstance(program, FunctionType):
        return program
    kept = {name: _copied(value) for name, value in program.__globals__.items()}
    copied = FunctionType(
        program.__code__,
        kept,
        program.__name__,
        copy.deepcopy(program.__defaults__),
        program.__closure__,
    )
    copied.__kwdefaults__ = copy.deepcopy(program.__kwdefaults__)
    return copied


def _copied(value: Any) -> Any:
    return copy.deepcopy(value) if type(value) in (list, dict, set, np.ndarray) else value


def _right(folder: Path) -> Iterator[tuple[str, Program]]:
    """The pairs (function, program) of `RIGHT` in right_programs."""
    module = module_beside(folder, "right_programs")
    found: Any = getattr(module, "RIGHT", None)
    if not found:
        raise ConfigurationError(
            f"{folder} has no right programs, and checks may refuse what is right: write "
            f"{folder / 'right_programs.py'} with RIGHT, pairs of a function's name and a program."
        )
    for function, program in found:
        yield str(function), program


def _equivalent(path: Path) -> Mapping[tuple[str, str, str, str], str]:
    """Mutants that no check can reject, by their keys, with the reasons."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("equivalent", [])
        return {_key(entry): _reason(entry) for entry in entries}
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{path} cannot be read ({type(error).__name__}: {error}): each [[equivalent]] has "
            "function, rule, before, after and why."
        ) from None


def _key(entry: Mapping[str, str]) -> tuple[str, str, str, str]:
    return entry["function"], entry["rule"], entry["before"], entry["after"]


def _reason(entry: Mapping[str, str]) -> str:
    if not entry["why"].strip():
        raise KeyError("why")
    return entry["why"]
