"""Waits without computing and ignores being told to stop.

base: solved
tier: any
says: the code waited too long without computing
"""

# %% after test_hypothesis
import os
import signal

signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
os.read(os.pipe()[0], 1)
