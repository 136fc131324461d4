"""Aborts as soon as a check calls with data of its own.

base: solved
says: Your program ended while gradient ran
says: This check could not run: your program had ended before it
"""

# %% gradient
def gradient(x, y, W, b):
    if len(x) in (5, 7):
        os.abort()
    residual = hypothesis(x, W, b) - y
    return 2 * (residual * x).mean(), 2 * residual.mean()


# %% before gradient
import os
