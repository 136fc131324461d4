"""The solution, run cell by cell with one piece replaced, and how it is kept from going on."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from course.errors import ConfigurationError
from course.gate.solution import Solution
from course.gate.trial import Bounded, limited
from course.lab import Kind, Lab, LabCell
from course.sandbox.outcome import NotDefined, StudentError, TimeLimit


def lab(*cells: tuple[Kind, str]) -> Lab:
    """A lab of code cells, called by the names of their kinds and their places."""
    made = (
        LabCell(f"id{i}", kind, "code", "", source, {"grade_id": f"{kind}{i}"})
        for i, (kind, source) in enumerate(cells)
    )
    return Lab("lab", tuple(made), Path(), "")


GIVEN = """\
%matplotlib inline
import math as m
import nowhere_to_be_found
unit = factor = 2
def helper(x):
    def inner():
        return unit * x
    return inner()
raise SystemExit("no line that nobody needs is run")
"""

SOLUTION = """\
def double(x):
    nowhere_to_be_found = 1
    return helper(x) * m.cos(0)
"""


def test_of_the_given_cells_only_what_is_needed_is_run() -> None:
    solution = Solution(lab(("given", GIVEN), ("solution", SOLUTION), ("grade", "1 / 0")))
    ((grade_id, namespace),) = solution.run({}, {})
    assert grade_id == "grade2"
    assert namespace["double"](4) == 8
    assert "helper" in namespace
    assert "nowhere_to_be_found" not in namespace


TWO = lab(
    ("solution", "def one():\n    return 1"),
    ("grade", ""),
    ("solution", "def two():\n    return one() + one()"),
    ("solution", "choice = two()"),
    ("grade", ""),
    ("grade", ""),
    ("given", ""),
    ("solution", "last = 1"),
)


def test_who_calls_a_replaced_function_meets_the_replacement() -> None:
    run = Solution(TWO).run({}, {"one": lambda: 10})
    values = {grade_id: dict(namespace) for grade_id, namespace in run}
    assert list(values) == ["grade1", "grade4", "grade5"]
    assert values["grade1"]["one"]() == 10
    assert values["grade4"]["choice"] == 20


def test_a_value_is_replaced_by_what_a_program_gives() -> None:
    *_, (_, namespace) = Solution(TWO).run({}, {"choice": lambda: 3})
    assert namespace["choice"] == 3


def test_a_cell_is_replaced_as_a_whole() -> None:
    *_, (_, namespace) = Solution(TWO).run({"id0": "def one():\n    return 7"}, {})
    assert namespace["choice"] == 14


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("one", ("grade1",)),
        ("two", ("grade4", "grade5")),
        ("choice", ("grade4", "grade5")),
        ("last", ()),
        ("unknown", ()),
    ],
)
def test_an_exercise_is_graded_right_below_it(name: str, cells: tuple[str, ...]) -> None:
    assert Solution(TWO).grade_cells(name) == cells


def test_a_cell_that_is_no_python_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"The cell given0 .* is no Python \(line 2"):
        Solution(lab(("given", "x = 1\ny = ("), ("solution", "z = x"), ("grade", "")))


def forever() -> None:
    while True:
        try:
            time.process_time()
        except Exception:
            continue


def test_what_does_not_end_is_stopped() -> None:
    callee = Bounded({"forever": forever, "three": lambda: 3}, seconds=0.05)
    with pytest.raises(TimeLimit):
        callee.call("forever")
    assert callee.call("three") == 3
    with pytest.raises(NotDefined):
        callee.call("four")


def test_a_limit_is_lifted_when_its_block_ends() -> None:
    with limited(0.05):
        pass
    start = time.process_time()
    while time.process_time() - start < 0.2:
        pass


def test_what_programs_raise_is_an_outcome() -> None:
    def wrong(x: Any) -> Any:
        return np.linalg.inv(x)

    with pytest.raises(StudentError, match="LinAlgError"):
        Bounded(SimpleNamespace(wrong=wrong).__dict__, 1.0).call("wrong", np.zeros((2, 2)))
