"""What is true: the formulas of the page in plain NumPy, and fits that use no descent.

Nothing here comes from the source notebook, so that a mistake in its solution cannot make the
checks agree with it. Inputs of any number type are computed with as float64.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Pair = tuple[float, float]


def _floats(*values: ArrayLike) -> list[NDArray[np.float64]]:
    return [np.asarray(value, dtype=np.float64) for value in values]


def hypothesis(x: ArrayLike, W: float, b: float) -> NDArray[np.float64]:
    """H(x) = W x + b."""
    (x,) = _floats(x)
    return W * x + b


@np.errstate(over="ignore", invalid="ignore")
def cost(x: ArrayLike, y: ArrayLike, W: float, b: float) -> float:
    """(1/m) Σ (W xᵢ + b − yᵢ)²."""
    x, y = _floats(x, y)
    return float(np.mean((W * x + b - y) ** 2))


@np.errstate(over="ignore", invalid="ignore")
def gradient(x: ArrayLike, y: ArrayLike, W: float, b: float) -> Pair:
    """(2/m) Σ (W xᵢ + b − yᵢ) xᵢ and (2/m) Σ (W xᵢ + b − yᵢ)."""
    x, y = _floats(x, y)
    residual = W * x + b - y
    return float(2 * np.mean(residual * x)), float(2 * np.mean(residual))


def update(W: float, b: float, dW: float, db: float, rate: float) -> Pair:
    """One step downhill: both new values from the old ones."""
    return W - rate * dW, b - rate * db


def descent(
    x: ArrayLike, y: ArrayLike, W: float, b: float, rate: float, steps: int
) -> tuple[float, float, list[float]]:
    """Where `steps` updates lead, and the cost after each of them."""
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), rate)
        history.append(cost(x, y, W, b))
    return W, b, history


def fit(x: ArrayLike, y: ArrayLike) -> Pair:
    """The least-squares line (W, b), by `numpy.linalg.lstsq` on a design matrix."""
    x, y = _floats(x, y)
    (W, b), *_ = np.linalg.lstsq(np.column_stack([x, np.ones_like(x)]), y, rcond=None)
    return float(W), float(b)


def hessian(x: ArrayLike) -> NDArray[np.float64]:
    """How the cost curves in (W, b): 2 [[mean x², mean x], [mean x, 1]]."""
    (x,) = _floats(x)
    return 2 * np.array([[np.mean(x * x), np.mean(x)], [np.mean(x), 1.0]])


def critical_rate(x: ArrayLike) -> float:
    """2/λmax: descent diverges above it and converges below."""
    return float(2 / np.linalg.eigvalsh(hessian(x))[-1])


@np.errstate(over="ignore", invalid="ignore")
def excess(
    x: ArrayLike, y: ArrayLike, W: float, b: float, rate: float, steps: int
) -> NDArray[np.float64]:
    """Cost minus its least value before the first step and after each of `steps` steps.

    Along each eigenvector of the Hessian a step multiplies the distance from the best line by
    1 − αλ, so a thousand steps need no loop. inf where the cost passes what a float can hold.
    """
    values, vectors = np.linalg.eigh(hessian(x))
    distance = vectors.T @ (np.array([W, b]) - fit(x, y))
    factors = (1 - rate * values) ** np.arange(steps + 1)[:, None]
    costs: NDArray[np.float64] = (factors * distance) ** 2 @ values / 2
    return costs


def slope(cost: Callable[[float, float], float], W: float, b: float, h: float = 1e-4) -> Pair:
    """The gradient of `cost(W, b)` by central differences, exact on a parabola but for rounding."""
    return (
        (cost(W + h, b) - cost(W - h, b)) / (2 * h),
        (cost(W, b + h) - cost(W, b - h)) / (2 * h),
    )
