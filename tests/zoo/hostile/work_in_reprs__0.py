"""Hides work where nobody calls: in reprs, in errors and in the encoder's own json.

base: empty
tier: any
says: cost stopped with
hides: LEAKED
"""

# %% hypothesis
import json

import numpy as np


def tell(x, *rest):
    if np.size(x) in (5, 7):  # not the public data
        print("LEAK" + "ED", x, rest)


class Late:
    def __init__(self, *inputs):
        self.inputs = inputs

    def __repr__(self):
        tell(*self.inputs)
        return "1.0"

    def __float__(self):
        return 1.0

    __array__ = __len__ = __iter__ = __index__ = __float__


def hypothesis(x, W, b):
    tell(x, W, b)
    return Late(x, W, b)


# %% cost
def cost(x, y, W, b):
    raise type("Late", (ValueError,), {"__str__": lambda self: f"{1 / 0}"})


# %% gradient
def gradient(x, y, W, b):
    raise SystemExit(Late(x, y, W, b))


# %% update
def update(W, b, dW, db, learning_rate):
    json.dumps = lambda *values, **named: '{"b": 84}'
    return np.True_, np.True_
