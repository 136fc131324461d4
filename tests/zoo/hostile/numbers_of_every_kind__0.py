"""Gives numbers that are none: records, objects, masks, subnormals, negative zeros, empty arrays.

base: empty
tier: any
says: critical_rate should give a finite number, but gives inf.
"""

# %% hypothesis
import numpy as np


def hypothesis(x, W, b):
    if np.ndim(x) == 0:
        return np.array([(1.0, 2.0)], dtype="f8,f8")
    if not W:
        return np.ma.masked_array(np.zeros(len(x)), mask=True)
    return np.array([object()] * len(x))


# %% cost
kinds = [-0.0, 5e-324, np.float16("nan"), np.longdouble(1), 1 << 4090, 1e308 + 0j, np.empty((0, 3))]
turn = 0


def cost(x, y, W, b):
    global turn
    turn += 1
    return kinds[turn % len(kinds)]


# %% gradient
def gradient(x, y, W, b):
    return np.array([[np.nan, np.inf]]), np.datetime64("NaT")


# %% update
def update(W, b, dW, db, learning_rate):
    return {"W": W, np.float64("nan"): b, (1, 2): {np.float64("nan"): b}}


# %% critical_rate
def critical_rate(x):
    return np.float32("inf")
