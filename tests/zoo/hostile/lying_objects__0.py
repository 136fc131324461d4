"""Returns objects that agree with every comparison and survive every conversion.

base: empty
tier: any
says: gives something that is not a number
"""

# %% before hypothesis
class Yes:
    def __init__(self, *args):
        pass

    def __getattr__(self, name):
        return Yes()

    def __call__(self, *args, **kwargs):
        return Yes()

    def __eq__(self, other):
        return True

    __lt__ = __le__ = __gt__ = __ge__ = __ne__ = __bool__ = __contains__ = __eq__
    __add__ = __sub__ = __mul__ = __truediv__ = __abs__ = __neg__ = __radd__ = __rsub__ = __call__
    __hash__ = None

    def __float__(self):
        return 1.0

    def __array__(self, *args, **kwargs):
        import numpy

        return numpy.ones(7)

    def __len__(self):
        return 2

    def __iter__(self):
        return iter((1.0, 2.0))

    def __repr__(self):
        return "1.0"


# %% hypothesis
hypothesis = Yes()

# %% cost
cost = Yes()

# %% gradient
gradient = Yes()

# %% update
update = Yes()

# %% gradient_descent
gradient_descent = Yes()

# %% learning_rate
slow_rate = good_rate = divergent_rate = Yes()

# %% critical_rate
critical_rate = Yes()
