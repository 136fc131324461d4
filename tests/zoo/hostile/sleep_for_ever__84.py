"""Waits without computing: the wall clock is the backstop.

base: solved
says: was stopped at its limit (wall)
"""

# %% before hypothesis
import time

time.sleep(1e6)
