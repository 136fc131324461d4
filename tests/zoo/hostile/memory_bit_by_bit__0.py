"""Takes memory until there is none, and keeps it.

base: empty
says: limit (memory)
"""

# %% before hypothesis
import numpy as np

kept = []
while True:
    kept.append(np.empty(1 << 22))
