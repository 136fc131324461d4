"""The right functions, under the names they have in the notebook, and the lab's data.

A wrong program is free to call them, as a student's would who has only the one function wrong.
"""

import numpy as np

from ..data import LAB_X, LAB_Y

x, y = LAB_X.copy(), LAB_Y.copy()


def quiet(*values):
    """Stands in for `print`: wrong programs run in the judge too, whose output is not theirs."""


def hypothesis(x, W, b):
    """The prediction."""
    return W * x + b


def cost(x, y, W, b):
    """The mean of the squared residuals."""
    return np.mean((hypothesis(x, W, b) - y) ** 2)


def gradient(x, y, W, b):
    """The slope of the cost: (dW, db)."""
    residual = hypothesis(x, W, b) - y
    return 2 * np.mean(residual * x), 2 * np.mean(residual)


def update(W, b, dW, db, learning_rate):
    """One step downhill."""
    return W - learning_rate * dW, b - learning_rate * db


def gradient_descent(x, y, W, b, learning_rate, steps):
    """Where the steps lead, and the cost after each."""
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


def critical_rate(x):
    """The learning rate above which descent diverges."""
    hessian = 2 * np.array([[np.mean(x**2), np.mean(x)], [np.mean(x), 1]])
    return 2 / np.linalg.eigvalsh(hessian).max()


REFERENCE = {
    "hypothesis": hypothesis,
    "cost": cost,
    "gradient": gradient,
    "update": update,
    "gradient_descent": gradient_descent,
    "critical_rate": critical_rate,
}

# numbers that a student chooses: a wrong one is a program that takes nothing and gives it
CHOICES = {"slow_rate": 0.001, "good_rate": 0.03, "divergent_rate": 0.035}
