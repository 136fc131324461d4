"""Returns arrays that are tiny in memory and enormous on the wire.

base: empty
tier: any
says: cost stopped with
"""

# %% cost
import numpy as np


def cost(x, y, W, b):
    return np.broadcast_to(1.0, (10**6, 10**6))


# %% gradient
def gradient(x, y, W, b):
    return np.lib.stride_tricks.as_strided(np.zeros(1), (1 << 40,), (0,)), 0.0
