"""Returns NaN, which `not (error > tolerance)` would accept.

base: empty
tier: any
says: cost should give a finite number, but gives nan.
"""

# %% hypothesis
def hypothesis(x, W, b):
    return x * float("nan")


# %% cost
def cost(x, y, W, b):
    return float("nan")


# %% gradient
def gradient(x, y, W, b):
    return float("nan"), float("nan")


# %% update
def update(W, b, dW, db, learning_rate):
    return float("nan"), float("nan")


# %% gradient_descent
def gradient_descent(x, y, W, b, learning_rate, steps):
    return float("nan"), float("nan"), [float("nan")] * steps


# %% learning_rate
slow_rate = good_rate = divergent_rate = float("nan")


# %% critical_rate
def critical_rate(x):
    return float("nan")
