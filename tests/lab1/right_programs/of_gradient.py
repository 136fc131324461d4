"""Right programs for `gradient(x, y, W, b)`."""

import numpy as np

from ..misconceptions.reference import cost, hypothesis
from .mark import right

SLOPE_FACTOR = 2


@right("gradient")
def list_as_a_pair(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return [2 / len(x) * np.sum(residual * x), 2 / len(x) * np.sum(residual)]


@right("gradient")
def array_as_a_pair(x, y, W, b):
    rows = np.column_stack([x, np.ones(len(x))])
    return 2 / len(x) * rows.T @ (rows @ np.array([W, b]) - y)


@right("gradient")
def loop_with_two_totals(x, y, W, b):
    dW = db = 0
    for xi, yi in zip(x, y, strict=True):
        dW += 2 * (W * xi + b - yi) * xi
        db += 2 * (W * xi + b - yi)
    return dW / len(x), db / len(x)


@right("gradient")
def minus_in_front(x, y, W, b):
    residual = y - hypothesis(x, W, b)
    return -2 * np.mean(residual * x), -2 * np.mean(residual)


@right("gradient")
def dot_products(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return 2 * np.dot(residual, x) / len(x), 2 * residual.sum() / len(x)


@right("gradient")
def central_differences(x, y, W, b):
    h = 1e-5
    return (
        (cost(x, y, W + h, b) - cost(x, y, W - h, b)) / (2 * h),
        (cost(x, y, W, b + h) - cost(x, y, W, b - h)) / (2 * h),
    )


@right("gradient")
def wide_central_differences(x, y, W, b):
    return (
        (cost(x, y, W + 0.5, b) - cost(x, y, W - 0.5, b)),
        (cost(x, y, W, b + 0.5) - cost(x, y, W, b - 0.5)),
    )


@right("gradient")
def forward_differences(x, y, W, b):
    h, here = 1e-7, cost(x.astype(float), y.astype(float), W, b)
    x, y = x.astype(float), y.astype(float)
    return (cost(x, y, W + h, b) - here) / h, (cost(x, y, W, b + h) - here) / h


@right("gradient")
def from_means(x, y, W, b):
    dW = 2 * (W * np.mean(x * x) + b * np.mean(x) - np.mean(x * y))
    return dW, 2 * (W * np.mean(x) + b - np.mean(y))


@right("gradient")
def global_constant(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return SLOPE_FACTOR * np.mean(residual * x), SLOPE_FACTOR * np.mean(residual)


@right("gradient")
def einsum(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    dW = np.einsum("i,i->", residual, x * 1.0) * 2 / len(x)
    return np.array(dW), np.array(residual.mean() * 2)


@right("gradient")
def comprehensions(x, y, W, b):
    residuals = [W * p + b - q for p, q in zip(x, y, strict=True)]
    dW = sum(r * p for r, p in zip(residuals, x, strict=True)) / len(x) * 2
    return dW, sum(residuals) / len(x) * 2


@right("gradient")
def fractions_of_each_point(x, y, W, b):
    residual = (hypothesis(x, W, b) - y) * (2 / x.size)
    return np.sum(residual * x), np.sum(residual)
