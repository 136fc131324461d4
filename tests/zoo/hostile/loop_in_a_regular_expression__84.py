"""A regular expression that takes exponential time, deep in C.

base: solved
tier: any
says: was stopped at its limit (cell_cpu)
"""

# %% before hypothesis
import re

re.match(r"(a+)+$", "a" * 60 + "b")
