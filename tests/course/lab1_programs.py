"""Lab 1's wrong and right programs, ready to be put in the place of a notebook's functions."""

import copy
import types
from pathlib import Path

import numpy as np
from lab1 import misconceptions
from lab1.data import LAB_X, LAB_Y
from lab1.sample_class import SOLVED

from course.judge.checks import Checks
from course.judge.diagnosis import Library, Misconception
from course.judge.proxy import InProcess
from course.record import Outcome

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "lab1"
LIBRARY = Library.of(misconceptions)
DEFAULTS = {e.name: copy.deepcopy(e.program.__defaults__) for e in LIBRARY.misconceptions}
FUNCTIONS = [e for e in LIBRARY.misconceptions if e.function in misconceptions.PROBES]
RIGHT_NAMESPACE = {**misconceptions.REFERENCE, **misconceptions.CHOICES}


def fresh(each: Misconception) -> object:
    """The program with nothing kept from earlier calls, or the number that it stands for."""
    if each.function in misconceptions.CHOICES:
        return each.program()
    code, names = each.program.__code__, each.program.__globals__
    return types.FunctionType(code, names, each.name, copy.deepcopy(DEFAULTS[each.name]))


def notebook(*typed: str) -> dict[str, object]:
    """The names of a notebook with right solutions, in which these were typed after them."""
    names: dict[str, object] = {"np": np, "x": LAB_X, "y": LAB_Y, "print": lambda *_: None}
    for source in (*SOLVED.values(), *typed):
        exec(source, names)
    return names


def whole(function: str, program: object) -> dict[str, object]:
    """Right functions that call each other, and this one among them."""
    names: dict[str, object] = {"np": np, **misconceptions.CHOICES}
    for name, each in misconceptions.REFERENCE.items():
        names[name] = types.FunctionType(each.__code__, names)
    names[function] = program
    return names


def earned(checks: Checks, names: dict[str, object]) -> float:
    """What a whole notebook's functions are worth."""
    return sum(
        check.max_points * (verdict.outcome is Outcome.PASSED)
        for cell, group in checks.by_cell.items()
        for check, verdict in zip(group, checks.judge(cell, InProcess(names)), strict=True)
    )


def name_of(value: object) -> str | None:
    return getattr(value, "name", None) or getattr(value, "__name__", None)
