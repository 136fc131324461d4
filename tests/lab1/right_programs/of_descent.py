"""Right programs for `gradient_descent(x, y, W, b, learning_rate, steps)`."""

import numpy as np

from ..misconceptions.reference import cost, gradient, hypothesis, update
from .mark import right


@right("gradient_descent")
def names_of_old_and_new(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        dW, db = gradient(x, y, W, b)
        new_W, new_b = update(W, b, dW, db, learning_rate)
        W, b = new_W, new_b
        history.append(cost(x, y, W, b))
    return W, b, history


@right("gradient_descent")
def while_loop(x, y, W, b, learning_rate, steps):
    history, done = [], 0
    while done < steps:
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history += [cost(x, y, W, b)]
        done += 1
    return [W, b, history]


@right("gradient_descent")
def all_written_out(x, y, W, b, learning_rate, steps):
    m, history = len(x), []
    for _ in range(steps):
        residual = W * x + b - y
        dW, db = 2 / m * np.sum(residual * x), 2 / m * np.sum(residual)
        W, b = W - learning_rate * dW, b - learning_rate * db
        history.append(np.sum((W * x + b - y) ** 2) / m)
    return W, b, history


@right("gradient_descent")
def history_as_an_array(x, y, W, b, learning_rate, steps):
    history = np.zeros(steps)
    for k in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history[k] = cost(x, y, W, b)
    return W, b, history


@right("gradient_descent")
def parameters_as_an_array(x, y, W, b, learning_rate, steps):
    theta, history = np.array([W, b], dtype=float), []
    for _ in range(steps):
        theta = theta - learning_rate * np.array(gradient(x, y, *theta))
        history.append(cost(x, y, *theta))
    return theta[0], theta[1], history


@right("gradient_descent")
def parameters_changed_in_place(x, y, W, b, learning_rate, steps):
    theta, history = np.array([W, b], dtype=np.float64), []
    for _ in range(steps):
        theta -= learning_rate * np.asarray(gradient(x, y, theta[0], theta[1]))
        history.append(cost(x, y, theta[0], theta[1]))
    return theta[0], theta[1], history


@right("gradient_descent")
def design_matrix_throughout(x, y, W, b, learning_rate, steps):
    rows, theta = np.column_stack([np.ones(len(x)), x]), np.array([b, W], dtype=float)
    history = []
    for _ in range(steps):
        theta = theta - learning_rate * 2 / len(y) * rows.T @ (rows @ theta - y)
        history.append(np.mean((rows @ theta - y) ** 2))
    return theta[1], theta[0], history


@right("gradient_descent")
def recursion(x, y, W, b, learning_rate, steps):
    if steps == 0:
        return W, b, []
    W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
    here = cost(x, y, W, b)
    W, b, later = recursion(x, y, W, b, learning_rate, steps - 1)
    return W, b, [here, *later]


@right("gradient_descent")
def path_first_costs_later(x, y, W, b, learning_rate, steps):
    path = [(W, b)]
    for _ in range(steps):
        path.append(update(*path[-1], *gradient(x, y, *path[-1]), learning_rate))
    return *path[-1], [cost(x, y, *place) for place in path[1:]]


@right("gradient_descent")
def python_floats_for_x_and_y(x, y, W, b, learning_rate, steps):
    x, y, m, history = x.tolist(), y.tolist(), len(x), []
    for _ in range(steps):
        residuals = [W * p + b - q for p, q in zip(x, y, strict=True)]
        dW = 2 * sum(r * p for r, p in zip(residuals, x, strict=True)) / m
        W, b = W - learning_rate * dW, b - learning_rate * 2 * sum(residuals) / m
        history.append(
            sum((W * p + b - q) * (W * p + b - q) for p, q in zip(x, y, strict=True)) / m
        )
    return W, b, history


@right("gradient_descent")
def warnings_silenced(x, y, W, b, learning_rate, steps):
    history = []
    with np.errstate(all="ignore"):
        for _ in range(steps):
            W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
            history.append(float(cost(x, y, W, b)))
    return float(W), float(b), history


@right("gradient_descent")
def says_where_it_is(x, y, W, b, learning_rate, steps):
    history, say = [], "step {}: cost {:.4f}".format
    for step in range(1, steps + 1):
        dW, db = gradient(x, y, W, b)
        W, b = W - learning_rate * dW, b - learning_rate * db
        history.append(cost(x, y, W, b))
        if step % 10 == 0:
            say(step, history[-1])
    return np.array(W), np.array(b), tuple(history)


@right("gradient_descent")
def optimiser_class(x, y, W, b, learning_rate, steps):
    class Descent:
        def __init__(self):
            self.W, self.b, self.history = W, b, []

        def step(self):
            residual = hypothesis(x, self.W, self.b) - y
            self.W = self.W - learning_rate * 2 * np.mean(residual * x)
            self.b = self.b - learning_rate * 2 * np.mean(residual)
            self.history.append(cost(x, y, self.W, self.b))

    descent = Descent()
    for _ in range(steps):
        descent.step()
    return descent.W, descent.b, descent.history


@right("gradient_descent")
def history_with_the_start_cut_off(x, y, W, b, learning_rate, steps):
    history = [cost(x, y, W, b)]
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history[1:]
