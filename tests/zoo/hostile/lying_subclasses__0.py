"""Returns subclasses of float and ndarray that lie about their values.

base: empty
tier: any
says: gives something that is not a number
"""

# %% before hypothesis
import numpy as np


class Number(float):
    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__

    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


class Array(np.ndarray):
    def __array_ufunc__(self, *args, **kwargs):
        return np.zeros(self.shape)

    def __array_function__(self, *args, **kwargs):
        return True

    def __eq__(self, other):
        return np.ones(self.shape, dtype=bool)


# %% hypothesis
def hypothesis(x, W, b):
    return np.zeros(np.shape(x)).view(Array)


# %% cost
def cost(x, y, W, b):
    return Number(0)


# %% gradient
def gradient(x, y, W, b):
    return Number(0), Number(0)


# %% critical_rate
def critical_rate(x):
    return Number(0)
