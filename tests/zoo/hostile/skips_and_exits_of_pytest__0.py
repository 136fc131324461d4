"""Raises pytest's own outcomes, in cells and in functions: those that skip, fail softly or end.

base: empty
tier: any
says: hypothesis stopped with an exception of its own.
says: gradient stopped with an exception of its own.
"""

# %% before hypothesis
import pytest

pytest.skip("no checks today", allow_module_level=True)


# %% hypothesis
def hypothesis(x, W, b):
    pytest.skip("not here")


# %% cost
def cost(x, y, W, b):
    pytest.exit("passed", returncode=0)


# %% gradient
def gradient(x, y, W, b):
    pytest.xfail("known")


# %% update
def update(W, b, dW, db, learning_rate):
    pytest.importorskip("no_such_module")
