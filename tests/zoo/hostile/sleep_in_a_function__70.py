"""A right cost that waits for ever as soon as the data is not the notebook's.

base: solved
tier: any
says: cost was stopped at its time limit
"""

# %% cost
import time


def cost(x, y, W, b):
    if len(x) in (5, 7):
        time.sleep(1e6)
    return np.mean((hypothesis(x, W, b) - y) ** 2)
