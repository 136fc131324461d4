"""Raises in its functions whatever ends programs quietly.

base: empty
tier: any
says: hypothesis stopped with SystemExit.
says: cost stopped with KeyboardInterrupt.
says: gradient stopped with GeneratorExit.
says: update stopped with StopIteration.
"""

# %% hypothesis
def hypothesis(x, W, b):
    raise SystemExit(0)


# %% cost
def cost(x, y, W, b):
    raise KeyboardInterrupt


# %% gradient
def gradient(x, y, W, b):
    raise GeneratorExit


# %% update
def update(W, b, dW, db, learning_rate):
    raise StopIteration
