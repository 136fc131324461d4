"""Knows the visible tests by heart and answers nothing else.

The three rates are about the notebook's own data: 6 points. A critical rate that is always the same
is worth nothing.

base: empty
tier: any
says: 0 of 8 points
"""

# %% hypothesis
def hypothesis(x, W, b):
    return np.array([3.0, 5, 7])


# %% learning_rate
slow_rate, good_rate, divergent_rate = 0.0001, 0.03, 0.05


# %% critical_rate
def critical_rate(x):
    return 0.034
