"""Returns an object whose repr never ends: the time counts for the call.

base: empty
tier: any
says: cost was stopped at its time limit
"""

# %% cost
class Endless:
    def __repr__(self):
        while True:
            pass


def cost(x, y, W, b):
    return Endless()
