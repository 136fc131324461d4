"""Raises what pytest takes for a skip or an early end of the whole session.

base: empty
tier: any
says: hypothesis stopped with an exception of its own.
"""

# %% hypothesis
class Skipped(BaseException):
    pass


def hypothesis(x, W, b):
    raise Skipped("skipped")


# %% cost
def cost(x, y, W, b):
    raise SystemExit(0)


# %% gradient
def gradient(x, y, W, b):
    raise KeyboardInterrupt


# %% update
def update(W, b, dW, db, learning_rate):
    raise GeneratorExit
