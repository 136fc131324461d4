"""Raises an error whose message is enormous.

base: solved
tier: any
says: ValueError
"""

# %% before hypothesis
raise ValueError("x" * 50_000_000)
