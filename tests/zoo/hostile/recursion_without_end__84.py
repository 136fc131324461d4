"""Calls itself for ever: a RecursionError, as everywhere.

base: solved
tier: any
says: RecursionError
"""

# %% before hypothesis
def again():
    return again()


again()
