"""A cost by a matrix as large as the world: an error of that exercise alone.

base: solved
says: cost stopped with MemoryError
"""

# %% cost
def cost(x, y, W, b):
    if len(x) != 10:
        np.ones((10**6, 10**6))
    return np.mean((hypothesis(x, W, b) - y) ** 2)
