"""Inputs of the checks: irregular on purpose, because regular ones hide mistakes.

Centred x hides a sequential update, constant residuals hide a product of means, a start of (0, 0)
hides that the start is ignored, m = 1 and m = 2 hide wrong divisors, sorted or wholly fractional x
hides sorting and truncation. Nothing here has the lab's own data, size, rate or start, save
`LAB_X` and `LAB_Y` themselves, on which the student's three learning rates are run.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course.judge.expect import close, is_same, require
from course.judge.proxy import Submission
from course.judge.returned import Returned

Array = NDArray[np.float64]

LAB_X = np.arange(10.0)
LAB_Y = np.array([1.0, 1, 2, 4, 5, 7, 8, 9, 10, 9])

# NIST Statistical Reference Datasets, set Norris (calibration of ozone monitors): data and
# certified values, which StataCorp's certification script reproduces. Public domain.
# fmt: off
NORRIS_X = np.array([
    0.2, 337.4, 118.2, 884.6, 10.1, 226.5, 666.3, 996.3, 448.6, 777, 558.2, 0.4,
    0.6, 775.5, 666.9, 338, 447.5, 11.6, 556, 228.1, 995.8, 887.6, 120.2, 0.3,
    0.3, 556.8, 339.1, 887.2, 999, 779, 11.1, 118.3, 229.2, 669.1, 448.9, 0.5,
])
NORRIS_Y = np.array([
    0.1, 338.8, 118.1, 888, 9.2, 228.1, 668.5, 998.5, 449.1, 778.9, 559.2, 0.3,
    0.1, 778.1, 668.8, 339.3, 448.9, 10.8, 557.7, 228.3, 998, 888.8, 119.6, 0.3,
    0.6, 557.6, 339.3, 888, 998.5, 778.9, 10.2, 117.6, 228.9, 668.4, 449.2, 0.2,
])
# fmt: on
NORRIS_W = 1.00211681802045
NORRIS_B = -0.262323073774029


def irregular(rng: np.random.Generator, m: int) -> tuple[Array, Array]:
    """`m` points around a line: x from about −1 to 6, unsorted, every other one whole.

    The mean of x stays far from 0, and the line's slope is far from any start of `start`. No x is
    0, because such a point has no say in dW.
    """
    x = np.linspace(-1, 6, m) + rng.uniform(-0.4, 0.4, m)
    x[::2] = np.rint(x[::2])
    x = np.round(x, 2)
    x[x == 0] = 7
    x = rng.permutation(x)
    slope, intercept = rng.choice([-1, 1]) * rng.uniform(1.5, 2.5), rng.uniform(0.5, 2)
    return x, np.round(slope * x + intercept + rng.uniform(-1.5, 1.5, m), 2)


def whole(rng: np.random.Generator, m: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """`m` points of whole numbers, as int64 arrays, whose mean x is a fraction of m."""
    x = rng.permutation(np.arange(m) + rng.integers(1, 3))
    x[0] += 2 * m + 1 - x.sum() % m  # the sum of x leaves the remainder 1
    return x, 2 * x - 3 + rng.integers(-3, 4, m) + np.arange(m) % 2


def single(x: Array, y: Array) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The same points in single precision: answers then agree to about 3e-4."""
    return x.astype(np.float32), y.astype(np.float32)


def start(rng: np.random.Generator, times: int = 1) -> tuple[float, float]:
    """A start (W, b) near (0.7, −1.3), or so many times that: the other way, or far off."""
    W, b = 0.7 + rng.uniform(-0.15, 0.15), -1.3 + rng.uniform(-0.15, 0.15)
    return round(times * W, 3), round(times * b, 3)


def standardised(x: Array) -> tuple[Array, float, float]:
    """(x − mean)/sd, with that mean and sd: there 60 steps reach the best line."""
    mean, sd = float(x.mean()), float(x.std())
    return (x - mean) / sd, mean, sd


def differ(here: ArrayLike, there: ArrayLike, rel: float = 1e-5) -> bool:
    """Whether two answers differ by more than the check at hand lets pass as the same.

    Who adds a trace of noise to one answer for all questions gives no two that are equal.
    """
    return not close(here, there, rel=rel, abs=0)


def unchanged(submission: Submission, name: str, *args: Any) -> Returned:
    """What `name(*args)` gives; fail the check when the call changes an argument in place."""
    result, after = submission.watch(name, *args)
    require(is_same(args, after), f"{name} changes what it was given.", call=result.call)
    return result
