"""Thirty cells that each use up their limit: the budget of the whole submission ends it.

base: empty
tier: any
slow: computes for ten seconds
says: the computing time of the whole submission is used up
"""

# %% before hypothesis
while True: pass
# %% after hypothesis
while True: pass
# %% before cost
while True: pass
# %% after cost
while True: pass
# %% before gradient
while True: pass
# %% after gradient
while True: pass
# %% before update
while True: pass
# %% after update
while True: pass
# %% before learning_rate
while True: pass
# %% after learning_rate
while True: pass
# %% before critical_rate
while True: pass
# %% after critical_rate
while True: pass
