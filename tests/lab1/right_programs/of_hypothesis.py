"""Right programs for `hypothesis(x, W, b)`."""

import numpy as np

from .mark import right


@right("hypothesis")
def other_names(inputs, weight, bias):
    return weight * inputs + bias


@right("hypothesis")
def polyval(x, W, b):
    return np.polyval([W, b], x)


@right("hypothesis")
def numpy_functions(x, W, b):
    return np.add(np.multiply(W, x), b)


@right("hypothesis")
def a_list_comes_back(x, W, b):
    if np.ndim(x) == 0:
        return W * x + b
    return [W * each + b for each in x]


@right("hypothesis")
def design_matrix(x, W, b):
    rows = np.stack([np.asarray(x, dtype=float), np.ones(np.shape(x))], axis=-1)
    return rows @ np.array([W, b])


@right("hypothesis")
def vectorized(x, W, b):
    return np.vectorize(lambda each: float(W * each + b))(x)


@right("hypothesis")
def polynomial_object(x, W, b):
    return np.polynomial.Polynomial([b, W])(x)


@right("hypothesis")
def zero_dimensional(x, W, b):
    return np.array(W) * np.array(x) + np.array(b)


@right("hypothesis")
def line_class(x, W, b):
    class Line:
        def __init__(self, W, b):
            self.W, self.b = W, b

        def __call__(self, x):
            return self.W * x + self.b

    return Line(W, b)(x)


@right("hypothesis")
def copy_changed_in_place(x, W, b):
    prediction = np.array(x, dtype=float)
    prediction *= W
    prediction += b
    return prediction
