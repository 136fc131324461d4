"""Forks without end: the first fork is refused.

base: solved
says: PermissionError
"""

# %% before hypothesis
import os

while True:
    os.fork()
