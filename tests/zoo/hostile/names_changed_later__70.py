"""Gives an earlier exercise's name another meaning afterwards: judged as it was at its place.

base: solved
tier: any
says: 0 of 14 points
"""

# %% cost
def cost(x, y, W, b):
    return None


# %% before test_gradient_descent
def cost(x, y, W, b):
    return np.mean((hypothesis(x, W, b) - y) ** 2)
