"""Right programs for `update(W, b, dW, db, learning_rate)`."""

import numpy as np

from .mark import right


@right("update")
def in_two_lines(W, b, dW, db, learning_rate):
    W = W - learning_rate * dW
    b = b - learning_rate * db
    return W, b


@right("update")
def augmented(W, b, dW, db, learning_rate):
    W -= learning_rate * dW
    b -= learning_rate * db
    return [W, b]


@right("update")
def as_arrays(W, b, dW, db, learning_rate):
    return np.array([W, b]) - learning_rate * np.array([dW, db])


@right("update")
def step_first(W, b, dW, db, alpha):
    step_W, step_b = -alpha * dW, -alpha * db
    return W + step_W, b + step_b


@right("update")
def comprehension_of_pairs(W, b, dW, db, rate):
    return [p - rate * slope for p, slope in ((W, dW), (b, db))]


@right("update")
def dictionary_inside(W, b, dW, db, learning_rate):
    new = {"W": W + -1 * learning_rate * dW, "b": b + -1 * learning_rate * db}
    return tuple(new.values())
