"""The pictures on a student's page, drawn with their own functions on the lab's published data.

Start and rate are none of a check's. At this rate descent zigzags into the valley and then creeps
along it, which shows what a wrong gradient, a wrong update and a wrong loop each do to the path.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from course.judge.proxy import Submission
from course.plot import Mark, Plot, Role, Series

from . import truth
from .data import LAB_X, LAB_Y

GIVEN = ("setup", "data")
AFTER = "test_gradient_descent"

START = (2.5, 4.0)
RATE = 0.03
STEPS = (*range(11), 13, 17, 22, 30, 40, 50)
FIT_STEPS = 200

W_RANGE = (-1.2, 3.0)
B_RANGE = (-2.0, 5.0)
COSTS = (1.0, 4.0, 12.0, 30.0, 60.0, 110.0)
TRUE_PATH = tuple(truth.descent(LAB_X, LAB_Y, *START, RATE, steps)[:2] for steps in STEPS)
TRUE_COSTS = truth.descent(LAB_X, LAB_Y, *START, RATE, STEPS[-1])[2]


def path_of_descent(submission: Submission) -> Plot:
    """The path of your descent"""
    places = [_reached(submission, START, steps) for steps in STEPS]
    yours = Series.of(Role.YOURS, Mark.PATH, places, "your gradient_descent")
    right = Series.of(Role.REFERENCE, Mark.PATH, TRUE_PATH, "the right path")
    best = Series.of(Role.GROUND, Mark.DOTS, [truth.fit(LAB_X, LAB_Y)], "the lowest cost")
    return Plot(
        name="",
        title="",
        text=f"From {START} with learning rate {RATE}: where your gradient_descent stands after up "
        f"to {STEPS[-1]} steps, on lines of equal cost. {_how_far(places)}",
        x_label="W",
        y_label="b",
        x_range=W_RANGE,
        y_range=B_RANGE,
        series=(*_contours(), best, right, yours),
    )


def cost_of_each_step(submission: Submission) -> Plot:
    """The cost on the way"""
    history = submission.gradient_descent(LAB_X, LAB_Y, *START, RATE, STEPS[-1]).parts(3)[2]
    costs = history.numbers()
    yours = _by_step(costs, Role.YOURS, "your history")
    shown = [cost for cost in costs if cost > 0]
    text = "The history that your gradient_descent returns for the same descent, step by step."
    if len(costs) != STEPS[-1]:
        text += f" It has {len(costs)} entries for {STEPS[-1]} steps."
    if not shown:
        text += " None of your costs is above 0, so none can be drawn."
    return Plot(
        name="",
        title="",
        text=text,
        x_label="step",
        y_label="cost",
        x_range=(0.0, STEPS[-1] + 1.0),
        y_range=(0.3, max(150.0, min(1e6, 2 * max(shown, default=0.0)))),
        log=True,
        series=(_by_step(TRUE_COSTS, Role.REFERENCE, "the right costs"), yours),
    )


def line_through_the_data(submission: Submission) -> Plot:
    """The line that you found"""
    W, b = _reached(submission, (0.0, 0.0), FIT_STEPS)
    ends = np.array([-0.5, 9.5])
    heights = submission.hypothesis(ends, W, b).array((2,))
    seen = min(heights) < 12 and max(heights) > -1
    yours = zip(ends, map(float, heights), strict=True)
    best = zip(ends, map(float, truth.hypothesis(ends, *truth.fit(LAB_X, LAB_Y))), strict=True)
    return Plot(
        name="",
        title="",
        text=f"Your hypothesis with the W and b that your gradient_descent reaches from (0, 0) in "
        f"{FIT_STEPS} steps: W = {W:.4g}, b = {b:.4g}."
        + ("" if seen else " It lies outside of the picture."),
        x_label="x",
        y_label="y",
        x_range=(-0.5, 9.5),
        y_range=(-1.0, 12.0),
        series=(
            Series.of(Role.REFERENCE, Mark.LINE, best, "the best line"),
            Series.of(Role.YOURS, Mark.LINE, yours, "your line"),
            Series.of(Role.DATA, Mark.DOTS, zip(LAB_X, LAB_Y, strict=True), "the data"),
        ),
    )


PICTURES = (path_of_descent, cost_of_each_step, line_through_the_data)


def _reached(submission: Submission, start: truth.Pair, steps: int) -> truth.Pair:
    W, b, _ = submission.gradient_descent(LAB_X, LAB_Y, *start, RATE, steps).parts(3)
    return W.number(), b.number()


def _by_step(costs: list[float], role: Role, label: str) -> Series:
    return Series.of(role, Mark.LINE, [(k + 1.0, cost) for k, cost in enumerate(costs)], label)


def _how_far(places: list[truth.Pair]) -> str:
    """Where a path differs from the right one, in a sentence."""
    together = zip(STEPS, places, TRUE_PATH, strict=True)
    apart = [k for k, here, there in together if not np.allclose(here, there, 1e-4, 1e-4)]
    if not apart:
        return "It is the right path."
    if apart[0] == 0:
        return "It does not begin at the start that it was given."
    if not all(map(_on_the_map, places)):
        return f"It leaves the right path at step {apart[0]}, and then the map."
    if all(before == after for before, after in pairwise(places)):
        return "It never moves."
    return f"It leaves the right path at step {apart[0]}."


def _on_the_map(place: truth.Pair) -> bool:
    return W_RANGE[0] <= place[0] <= W_RANGE[1] and B_RANGE[0] <= place[1] <= B_RANGE[1]


def _contours() -> list[Series]:
    """Lines of equal cost: ellipses around the best line, by the Hessian."""
    values, vectors = np.linalg.eigh(truth.hessian(LAB_X))
    best = np.array(truth.fit(LAB_X, LAB_Y))
    excess = np.array(COSTS) - truth.cost(LAB_X, LAB_Y, *best)
    angle = np.linspace(0.0, 2.0 * np.pi, 61)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    lines = []
    for height in excess:
        around = best[:, None] + vectors @ (np.sqrt(2.0 * height / values)[:, None] * circle)
        lines.append(Series.of(Role.GROUND, Mark.LINE, around.T.tolist()))
    return lines
