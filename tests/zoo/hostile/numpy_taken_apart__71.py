"""Breaks NumPy after the last exercise: its own process alone computes with that, and answers badly.

What needs no array still counts: 8 for update, 6 for the rates, 1 for one prediction. The exercises
below hypothesis are judged once more by themselves, where nothing below them was run. The next
submission and the judge have a NumPy of their own.

base: solved
tier: any
says: but gives something that is not a number
"""

# %% after critical_rate
import numpy

numpy.pi = 3
for name in ("asarray", "ndarray", "float64", "dtype", "array", "linalg", "bool_", "generic"):
    setattr(numpy, name, None)
