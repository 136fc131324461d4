"""A function that turns off what would stop it: killed at the first call, others count.

base: solved
tier: any
says: Your program ended while cost ran (the call did not stop when its computing time was used up).
says: This check could not run: your program had ended before it
"""

# %% cost
import signal


def cost(x, y, W, b):
    if len(x) in (5, 7):
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        while True:
            pass
    return np.mean((hypothesis(x, W, b) - y) ** 2)
