"""Lab 1's pictures: the right path for right programs, something sensible for any other."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from lab1 import pictures
from lab1_programs import FUNCTIONS, RIGHT_NAMESPACE, fresh, whole

from course.judge.proxy import InProcess, Submission
from course.pictures import NOT_DRAWN, drawn
from course.plot import Plot, Role, Series


def draw(names: dict[str, object]) -> dict[str, Plot]:
    submission = Submission(InProcess(names))
    return {each.__name__: drawn(each, submission) for each in pictures.PICTURES}


def of(plot: Plot, role: Role) -> Series:
    return next(series for series in plot.series if series.role is role and series.label)


def test_right_functions_draw_what_is_right() -> None:
    shown = draw(dict(RIGHT_NAMESPACE))
    path = shown["path_of_descent"]
    assert path.text.endswith("It is the right path.")
    for plot in (path, shown["cost_of_each_step"]):
        assert of(plot, Role.YOURS).y == pytest.approx(of(plot, Role.REFERENCE).y, rel=1e-4)
        assert len(of(plot, Role.YOURS).x) > 15
    line = shown["line_through_the_data"]
    assert "W = 1.117, b = 0.5689" in line.text
    assert of(line, Role.YOURS).y == pytest.approx(of(line, Role.REFERENCE).y, abs=0.02)
    assert of(line, Role.DATA).y == (1, 1, 2, 4, 5, 7, 8, 9, 10, 9)


def test_lines_of_equal_cost_are_that() -> None:
    lines = pictures._contours()
    assert len(lines) == len(pictures.COSTS)
    for cost, line in zip(pictures.COSTS, lines, strict=True):
        for W, b in list(zip(line.x, line.y, strict=True))[::7]:
            there = pictures.truth.cost(pictures.LAB_X, pictures.LAB_Y, W, b)
            assert there == pytest.approx(cost, rel=2e-3)


@pytest.mark.parametrize(
    ("function", "body", "words"),
    [
        ("gradient", lambda x, y, W, b: (1.0, 1.0), "leaves the right path at step 1"),
        ("gradient", lambda x, y, W, b: (-60.0 * W, 9.0), "and then the map"),
        ("gradient", lambda x, y, W, b: (0.0, 0.0), "It never moves."),
        ("gradient_descent", lambda x, y, W, b, a, n: (0, 0, [1.0] * n), "does not begin at"),
        ("gradient_descent", lambda *_: (math.nan, 0.0, []), "gives nan"),
        ("gradient_descent", lambda *_: None, "gives nothing (None)"),
        ("gradient_descent", lambda *_: 1 / 0, "stopped with ZeroDivisionError"),
        ("gradient_descent", lambda *_: ("1", [2], {}), "should give one number, but gives text"),
    ],
)
def test_the_path_says_what_is_wrong_with_it(
    function: str, body: Callable[..., object], words: str
) -> None:
    assert words in draw(whole(function, body))["path_of_descent"].text


@pytest.mark.parametrize("history", [[], [0.0] * 50, [-1.0] * 50, [1e308] * 50, [1e-300] * 3])
def test_any_history_is_drawn_or_talked_about(history: list[float]) -> None:
    names = whole("gradient_descent", lambda x, y, W, b, a, n: (W, b, history))
    plot = draw(names)["cost_of_each_step"]
    assert plot.series
    assert (f"{len(history)} entries for 50" in plot.text) == (len(history) != 50)
    assert ("None of your costs" in plot.text) == (max(history, default=0) <= 0)


@pytest.mark.parametrize("program", FUNCTIONS, ids=lambda each: each.name)
def test_every_known_mistake_gives_pictures(program: object) -> None:
    with np.errstate(all="ignore"):
        shown = draw(whole(program.function, fresh(program)))
    for plot in shown.values():
        assert plot.text
        assert plot.text != NOT_DRAWN
        assert plot.series or plot.text.startswith("There is no picture: ")
