"""Returns lists of lists of lists of lists of small arrays: to write all of them out takes long.

base: empty
tier: any
says: hypothesis should give one number, but gives a list.
"""

# %% hypothesis
import numpy as np

many = np.arange(12) * 1j / 3
for _ in range(4):
    many = [many] * 11


def hypothesis(x, W, b):
    return many
