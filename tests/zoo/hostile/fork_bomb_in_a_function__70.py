"""A right cost that forks as soon as the data is not the notebook's: its points are lost.

base: solved
says: cost stopped with PermissionError.
"""

# %% cost
import os


def cost(x, y, W, b):
    while len(x) != 10:
        os.fork()
    return np.mean((hypothesis(x, W, b) - y) ** 2)
