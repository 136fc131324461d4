"""Naming the mistake, by value: which wrong program gives exactly the student's numbers?

A misconception is a program. The student's function and every misconception's program run on the
same few inputs (probes); if exactly one program agrees, and differs from the right answer, it is
named. If none or several agree nothing is named: a wrong diagnosis is worse than none.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np

from course.judge.proxy import Callee, InProcess
from course.judge.returned import MOST_VALUES, count
from course.record import Diagnosis
from course.sandbox.outcome import NotDefined, ProcessEnded, StudentError, TimeLimit

DEEPEST = 8  # lists within lists; of each level, comparing looks at all that lies below
AGREEMENT = 1e-7  # relative; programs that differ do so by far more on the probes

Program = Callable[..., Any]
Signature = tuple[Any, ...]


@dataclass(frozen=True)
class Misconception:
    """A named wrong program, what to tell whoever wrote it, and the checks that must reject it."""

    name: str
    function: str
    message: str
    rejected_by: tuple[str, ...]
    program: Program = field(compare=False)

    def source(self) -> str:
        """The program as a student would have typed it: undecorated, under the function's name."""
        lines = inspect.getsource(self.program).splitlines()
        start = next(i for i, line in enumerate(lines) if line.startswith("def "))
        lines[start] = lines[start].replace(f"def {self.name}(", f"def {self.function}(", 1)
        return "\n".join(lines[start:]) + "\n"


def misconception(
    function: str, message: str, rejected_by: Iterable[str] = ()
) -> Callable[[Program], Program]:
    """Mark a program as a wrong version of `function`; `Library.of` collects what is marked."""

    def mark(program: Program) -> Program:
        program.misconception = Misconception(  # type: ignore[attr-defined]
            program.__name__, function, message, tuple(rejected_by), program
        )
        return program

    return mark


class Library:
    """A lab's misconceptions, its right programs and the inputs that tell them apart."""

    def __init__(
        self,
        misconceptions: Sequence[Misconception],
        reference: Mapping[str, Program],
        probes: Mapping[str, Sequence[tuple[Any, ...]]],
    ) -> None:
        self.misconceptions = tuple(misconceptions)
        self.reference = dict(reference)
        self.probes = dict(probes)
        self._known: dict[str, tuple[Signature, list[tuple[Misconception, Signature]]]] = {}

    @classmethod
    def of(cls, module: ModuleType) -> Library:
        """The library that a module holds: marked programs, `REFERENCE` and `PROBES`."""
        marked = [getattr(each, "misconception", None) for each in vars(module).values()]
        found = [each for each in marked if isinstance(each, Misconception)]
        return cls(found, module.REFERENCE, module.PROBES)

    def of_function(self, function: str) -> tuple[Misconception, ...]:
        """The misconceptions about one function, in the order of the module."""
        return tuple(each for each in self.misconceptions if each.function == function)

    def signatures(self, function: str) -> tuple[Signature, list[tuple[Misconception, Signature]]]:
        """What the right program and each wrong one give on the probes; computed once."""
        if function not in self._known:
            right = self._run(function, self.reference[function])
            wrong = [
                (each, self._run(function, each.program)) for each in self.of_function(function)
            ]
            self._known[function] = (right, wrong)
        return self._known[function]

    def _run(self, function: str, program: Program) -> Signature:
        with redirect_stdout(StringIO()):  # printing instead of returning is a mistake, too
            return observe(InProcess({function: program}), function, self.probes[function])


def diagnose(callee: Callee, function: str, library: Library) -> Diagnosis | None:
    """The one misconception whose program gives what the student's `function` gives, if any."""
    if function not in library.probes or function not in library.reference:
        return None
    try:
        seen = observe(callee, function, library.probes[function])
    except (NotDefined, TimeLimit, ProcessEnded):
        return None
    right, wrong = library.signatures(function)
    if agree(seen, right):
        return None
    named = [each for each, signature in wrong if agree(seen, signature)]
    if len(named) != 1:
        return None
    return Diagnosis(name=named[0].name, message=named[0].message)


def observe(callee: Callee, function: str, probes: Sequence[tuple[Any, ...]]) -> Signature:
    """What `function` gives on each probe, and what it does to its arguments, as plain data.

    The first probe is asked twice. Where the second answer goes on from the first, the function
    keeps something between calls, and how much is kept depends on who has called it before: only
    what each call adds is then looked at.
    """
    if not probes:
        return ()
    first, second = (_answer(callee, function, probes[0]) for _ in range(2))
    others = [_answer(callee, function, args) for args in probes[1:]]
    if _longer(first, second):
        answers = [first, second, *others]
        return ("keeps", *(added(*two) for two in pairwise(answers)))
    return (first, *others)


def _answer(callee: Callee, function: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    try:
        result, after = callee.watch(function, *args)
    except StudentError as error:
        return "raised", error.kind
    return "gave", plain(result), plain(after)


def added(before: Any, now: Any) -> Any:
    """Plain data with every tuple that begins as the one `before` did cut to what it has more."""
    if not (isinstance(before, tuple) and isinstance(now, tuple)):
        return now
    if before and agree(before, now[: len(before)]):
        return ("and then", *now[len(before) :])
    if len(before) != len(now):
        return now
    return tuple(added(*two) for two in zip(before, now, strict=True))


def _longer(before: Any, now: Any) -> bool:
    """Whether some tuple within has all that it had before, and more."""
    if not (isinstance(before, tuple) and isinstance(now, tuple)):
        return False
    if len(now) > len(before):
        return agree(before, now[: len(before)])
    return len(now) == len(before) and any(map(_longer, before, now))


def plain(value: Any) -> Any:
    """A value as nested tuples of floats; lists, tuples and arrays that hold the same are alike."""
    return _plain(value, 0) if count(value) <= MOST_VALUES else "more values than any probe gives"


def _plain(value: Any, depth: int) -> Any:
    if depth > DEEPEST:
        return "deeper than any probe gives"
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return tuple(_plain(each, depth + 1) for each in value)
    if type(value) in (int, float):
        try:
            return float(value)
        except OverflowError:
            return math.inf
    return value if value is None else type(value).__name__


def agree(a: Any, b: Any) -> bool:
    """Whether two pieces of plain data agree to `AGREEMENT`; NaN agrees with NaN."""
    if isinstance(a, float) and isinstance(b, float):
        if not (math.isfinite(a) and math.isfinite(b)):
            return a == b or (math.isnan(a) and math.isnan(b))
        return abs(a - b) <= AGREEMENT * max(abs(a), abs(b), 1e-3)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(agree(x, y) for x, y in zip(a, b, strict=True))
    return type(a) is type(b) and bool(a == b)
