"""Returns infinities, to which every difference is within an infinite tolerance.

base: empty
tier: any
says: cost should give a finite number, but gives inf.
"""

# %% cost
def cost(x, y, W, b):
    return float("inf")


# %% gradient
def gradient(x, y, W, b):
    return float("inf"), float("-inf")


# %% learning_rate
slow_rate = good_rate = divergent_rate = float("inf")
