"""Right programs for `cost(x, y, W, b)`."""

import functools
import math
import statistics

import numpy as np

from ..misconceptions.reference import hypothesis
from .mark import right


@right("cost")
def loop_over_indices(x, y, W, b):
    total = 0
    for i in range(len(x)):
        total = total + (W * x[i] + b - y[i]) ** 2
    return total / len(x)


@right("cost")
def loop_over_pairs(x, y, W, b):
    total = 0.0
    for xi, yi in zip(x, y, strict=True):
        total += (hypothesis(xi, W, b) - yi) ** 2
    return total / x.shape[0]


@right("cost")
def generator_sum(x, y, W, b):
    return sum((p - q) ** 2 for p, q in zip(hypothesis(x, W, b), y, strict=True)) / len(y)


@right("cost")
def dot_product(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return residual @ residual / len(residual)


@right("cost")
def squared_norm(x, y, W, b):
    return np.linalg.norm(y - hypothesis(x, W, b)) ** 2 / y.size


@right("cost")
def average_of_np_square(x, y, W, b):
    return np.average(np.square(np.subtract(y, hypothesis(x, W, b))))


@right("cost")
def python_float(x, y, W, b):
    return float(((y - W * x - b) ** 2).mean())


@right("cost")
def zero_dimensional_array(x, y, W, b):
    return np.array(np.mean((hypothesis(x, W, b) - y) ** 2))


@right("cost")
def keepdims_and_squeeze(x, y, W, b):
    squares = (hypothesis(x, W, b) - y).reshape(-1, 1) ** 2
    return np.squeeze(squares.mean(axis=0, keepdims=True))


@right("cost")
def columns_on_both_sides(x, y, W, b):
    x, y = x.reshape(-1, 1), y.reshape(-1, 1)
    return ((W * x + b - y) ** 2).mean()


@right("cost")
def exact_summation(x, y, W, b):
    return math.fsum((W * xi + b - yi) ** 2 for xi, yi in zip(x, y, strict=True)) / len(x)


@right("cost")
def statistics_module(x, y, W, b):
    return statistics.fmean(((hypothesis(x, W, b) - y) ** 2).tolist())


@right("cost")
def variance_plus_square_of_the_mean(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return np.var(residual) + np.mean(residual) ** 2


@right("cost")
def absolute_values_squared(x, y, W, b):
    return np.mean(np.abs(hypothesis(x, W, b) - y) ** 2)


@right("cost")
def expanded_by_hand(x, y, W, b):
    m = len(x)
    return (
        W**2 * np.sum(x**2) / m
        + 2 * W * b * np.mean(x)
        + b**2
        - 2 * W * np.sum(x * y) / m
        - 2 * b * np.mean(y)
        + np.mean(y * 1.0 * y)
    )


@right("cost")
def with_a_helper(x, y, W, b):
    def squared(value):
        return value * value

    return np.mean(list(map(squared, hypothesis(x, W, b) - y)))


@right("cost")
def single_precision_answer(x, y, W, b):
    return np.float32(np.mean((hypothesis(x, W, b) - y) ** 2))


@right("cost")
def reduced(x, y, W, b):
    squares = [(W * p + b - q) ** 2 for p, q in zip(x, y, strict=True)]
    return functools.reduce(lambda a, c: a + c, squares) / len(squares)
