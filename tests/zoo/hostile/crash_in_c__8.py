"""Reads address 0: the process ends, and what was done before counts.

base: solved
says: the process ended (an exit, a crash, or out of memory)
"""

# %% after test_hypothesis
import ctypes

ctypes.string_at(0)
