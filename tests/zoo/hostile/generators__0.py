"""Returns generators, huge numbers, deep lists and lists that hold themselves.

base: empty
tier: any
says: but gives something that is not a number
"""

# %% hypothesis
def hypothesis(x, W, b):
    return (value for value in x)


# %% cost
def cost(x, y, W, b):
    return 10**100_000


# %% gradient
def gradient(x, y, W, b):
    inner = []
    for _ in range(100_000):
        inner = [inner]
    return inner, inner


# %% update
def update(W, b, dW, db, learning_rate):
    pair = [W, b]
    pair[1] = pair
    return pair


# %% critical_rate
def critical_rate(x):
    return [0.0] * 20_000_000
