"""Ends the process in mid-notebook: what was judged before stays, what comes later is not run.

base: solved
says: Your program had ended
"""

# %% after test_gradient
import os

os._exit(0)
