"""Never computes a slope or a step: each answer has the other sign than the one before.

Each gradient is also a billionth of the one before, so that at the best line it is small beside what
was asked just then. What points uphill or is flat is asked in an order that cannot be counted on.
Only what is untouched is met, for 1.

base: empty
tier: any
says: gradient gives another value than it should
"""

# %% gradient
last = [1e280]


def gradient(x, y, W, b):
    last[0] *= -1e-9
    return last[0], last[0]


# %% update
sign = [1]


def update(W, b, dW, db, learning_rate):
    sign[0] *= -1
    return W - sign[0] * learning_rate, b + sign[0] * learning_rate
