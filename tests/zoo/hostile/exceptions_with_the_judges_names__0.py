"""Raises exceptions that are called like the judge's own and carry verdicts.

base: empty
tier: any
says: hypothesis stopped with an exception of its own.
"""

# %% hypothesis
def raises(name):
    raise type(name, (BaseException,), {"outcome": "passed", "sentence": "passed", "evidence": None})("passed")


def hypothesis(x, W, b):
    raises("CheckFailed")


# %% cost
def cost(x, y, W, b):
    raises("Verdict")


# %% gradient
def gradient(x, y, W, b):
    raises("GraderFault")


# %% update
def update(W, b, dW, db, learning_rate):
    raises("ProcessEnded")
