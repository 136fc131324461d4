"""Returns arrays of very many short axes: showing one in full takes a minute and a gigabyte.

base: empty
tier: any
says: cost should give one number, but gives an array of many dimensions.
"""

# %% cost
import numpy as np


def cost(x, y, W, b):
    return np.zeros((2,) * 23, np.int8)


# %% gradient
def gradient(x, y, W, b):
    return np.zeros((2,) * 22, np.int8), [np.zeros((2,) * 20, np.int8)]


# %% update
def update(W, b, dW, db, learning_rate):
    return [np.zeros(100_000, np.int8)] * 150, [[np.zeros(100_000, np.int8)] * 10]
