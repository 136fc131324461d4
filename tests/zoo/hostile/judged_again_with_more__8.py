"""Ends itself at first and behaves otherwise when it is run again: no note crosses from run to run.

base: empty
tier: any
says: the process ended
hides: second run
"""

# %% before hypothesis
import os

first = not os.path.exists("../mallory-was-here") and not os.path.exists("mallory-was-here")
open("mallory-was-here", "w").close()


# %% hypothesis
def hypothesis(x, W, b):
    return W * x + b


# %% before cost
if not first:
    print("second", "run")
os._exit(0)
