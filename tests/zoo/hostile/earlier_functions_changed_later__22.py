"""Puts better code into an earlier function from a later cell: judged as it is when it is asked.

What an exercise's *name* means is fixed at its place; what it names is the student's own work.

base: empty
tier: any
says: 14 of 14 points
"""

# %% hypothesis
def hypothesis(x, W, b):
    return None


# %% cost
def cost(x, y, W, b):
    return None


# %% after critical_rate
import numpy as np


def right_line(x, W, b):
    return W * x + b


def right_cost(x, y, W, b):
    return float(np.mean((W * x + b - y) ** 2))


hypothesis.__code__, cost.__code__ = right_line.__code__, right_cost.__code__
