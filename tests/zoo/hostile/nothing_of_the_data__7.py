"""Never looks at x and y: then it says nothing that their numbers may be of any type.

What is left is for parameters, rates and steps, and for what is untouched.

base: empty
tier: any
says: Any points have the same gradient.
"""


# %% hypothesis
def hypothesis(x, W, b):
    return x * 0 + 1.0


# %% cost
def cost(x, y, W, b):
    return 1.0 + W * W


# %% gradient
def gradient(x, y, W, b):
    return 1.0 + W, 2.0 + b


# %% update
def update(W, b, dW, db, learning_rate):
    return W + learning_rate, b + learning_rate


# %% gradient_descent
def gradient_descent(x, y, W, b, learning_rate, steps):
    h = []
    for k in range(steps):
        W, b = W + learning_rate, b + learning_rate
        h.append(W)
    return W, b, h


# %% critical_rate
def critical_rate(x):
    return 1.0
