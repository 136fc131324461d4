"""Returns infinities, to which every difference is within an infinite tolerance.

base: empty
tier: any
says: cost gives inf, where a finite number is asked for.
"""

# %% cost
def cost(x, y, W, b):
    return float("inf")


# %% gradient
def gradient(x, y, W, b):
    return float("inf"), float("-inf")


# %% learning_rate
slow_rate = good_rate = divergent_rate = float("inf")
