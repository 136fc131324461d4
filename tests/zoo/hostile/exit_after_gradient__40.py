"""Ends the process in mid-notebook: what was judged before stays, what comes later is not run.

base: solved
says: was not run, so it earns nothing: the process ended
"""

# %% after test_gradient
import os

os._exit(0)
