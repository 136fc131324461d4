"""A cell that never ends: stopped at its limit, and everything else goes on.

base: solved
tier: any
says: A cell of your own was stopped at its limit (cell_cpu): it computed for too long.
says: TimeLimit
"""

# %% before hypothesis
while True:
    pass
