"""What a loop may be held to: the page's formulas, or the student's own functions in their place.

Whoever has a wrong `gradient`, `update` or `cost` has paid for it in its own cell. A right loop
around it leads where those functions lead, and is not to be paid for again. For a student whose
parts are right the two are the same, so a wrong loop gains nothing by it.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any

from course.judge.expect import CheckFailed
from course.judge.proxy import Submission
from course.sandbox.outcome import NotDefined, StudentError

from . import truth

Path = tuple[float, float, list[float]]


def paths(
    submission: Submission, x: Any, y: Any, W: float, b: float, rate: float, steps: int
) -> Iterator[Path]:
    """Where `steps` steps lead and what each place costs: by the page, then by own functions.

    Own functions count only where they can be called, and where the steps depend on the place.
    """
    parts = product(
        (truth.gradient, lambda *args: submission.gradient(*args).pair()),
        (truth.update, lambda *args: submission.update(*args).pair()),
        (truth.cost, lambda *args: submission.cost(*args).number()),
    )
    for gradient, update, cost in parts:
        here, history = (W, b), []
        try:
            beside = update(W + 1, b + 1, *gradient(x, y, W + 1, b + 1), rate)
            for _ in range(steps):
                here = update(*here, *gradient(x, y, *here), rate)
                history.append(cost(x, y, *here))
        except (CheckFailed, NotDefined, StudentError):
            continue
        if here != beside and min(abs(here[0] - W), abs(here[1] - b)) > 1e-9:
            yield *here, history


def prices(submission: Submission, x: Any, y: Any, W: float, b: float) -> Iterator[float]:
    """What a place costs: by the page, then by the student's own `cost` if it can be called."""
    yield truth.cost(x, y, W, b)
    try:
        yield submission.cost(x, y, W, b).number()
    except (CheckFailed, NotDefined, StudentError):
        return
