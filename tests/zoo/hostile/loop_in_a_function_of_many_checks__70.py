"""An endless loop in a function that many checks call: each exercise stops asking after two limits.

Of the 84, cost loses 14. Descent, which notes costs, is judged with a right one.

base: solved
tier: any
says: cost was stopped at its time limit: does a loop never end?
"""

# %% cost
def cost(x, y, W, b):
    while len(x) != 10:
        pass
    return np.mean((hypothesis(x, W, b) - y) ** 2)
