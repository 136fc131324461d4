"""Says the inputs in the shape of an empty array, in the length of a list.

base: empty
tier: any
says: it broke the protocol: the array is too large
"""

# %% hypothesis
import numpy as np
def hypothesis(x, W, b):
    x = np.ravel(x)
    return np.empty((0, *[int(abs(v) * 100) for v in x[:7]], ))

# %% gradient
def gradient(x, y, W, b):
    return [0] * int(W * 1000)
