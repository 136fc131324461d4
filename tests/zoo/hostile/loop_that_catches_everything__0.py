"""Catches whatever would stop it and loops on.

base: empty
tier: any
says: was stopped at its limit (cell_cpu)
"""

# %% before hypothesis
while True:
    try:
        sum(range(10**7))
    except BaseException:
        pass
