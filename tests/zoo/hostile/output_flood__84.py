"""Prints without end: the beginning is kept, the rest counted.

base: solved
tier: any
says: characters dropped]
says: was stopped at its limit (cell_cpu)
"""

# %% before hypothesis
while True:
    print("spam " * 10_000)
