"""Returns a column where a row is asked for, so that a difference becomes a matrix of zeros.

One point is earned: for one number it gives one number.

base: empty
tier: any
says: hypothesis should give an array of shape (7,), but gives a two-dimensional array.
"""

# %% hypothesis
import numpy as np


def hypothesis(x, W, b):
    return W * np.reshape(x, (-1, 1)) + b if np.ndim(x) else W * x + b
