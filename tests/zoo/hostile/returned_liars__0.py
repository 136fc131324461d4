"""Returns objects that name another class as their own or speak NumPy's protocols.

base: empty
tier: any
says: but gives something that is not a number
"""

# %% cost
import numpy as np


class Liar:
    __class__ = float
    __array_interface__ = {"shape": (), "typestr": "<f8", "data": b"\0" * 8, "version": 3}

    def __float__(self):
        return 1.0

    __index__ = __int__ = __round__ = __complex__ = __float__


def cost(x, y, W, b):
    return Liar()


# %% gradient
class Pair(tuple):
    def __eq__(self, other):
        return True

    __hash__ = None

    def __len__(self):
        return 2

    def __getitem__(self, place):
        return 0.0


def gradient(x, y, W, b):
    return Pair()


# %% critical_rate
def critical_rate(x):
    return memoryview(np.zeros(1))
