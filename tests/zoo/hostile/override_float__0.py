"""Replaces builtins, so that every number and every comparison is what the student wants.

base: empty
tier: any
says: The program ended (
"""

# %% before hypothesis
import builtins


class Any(float):
    def __eq__(self, other):
        return True

    __le__ = __lt__ = __ge__ = __gt__ = __eq__
    __hash__ = float.__hash__


builtins.float = Any
builtins.abs = lambda value: Any(0)
builtins.isinstance = lambda value, kind: True
builtins.all = lambda values: True


# %% cost
def cost(x, y, W, b):
    return Any(1)
