"""An empty array of 268 million rows: nothing to send, and 16 GB once it becomes lists.

base: empty
tier: any
says: should give a handful of values, but gives a two-dimensional array.
"""

# %% hypothesis
import numpy as np


def hypothesis(x, W, b):
    return np.empty((1 << 28, 0))


# %% cost
def cost(x, y, W, b):
    return [np.empty((0, 1 << 28)), np.empty((1 << 28, 0))]
