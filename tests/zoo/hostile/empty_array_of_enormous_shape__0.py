"""An empty array of int8 whose shape does not fit float64.

base: empty
tier: any
says: it broke the protocol: the array is too large
"""

# %% hypothesis
import numpy as np
def hypothesis(x, W, b):
    return np.empty((0, 1 << 39, 1 << 22), dtype=np.int8)
