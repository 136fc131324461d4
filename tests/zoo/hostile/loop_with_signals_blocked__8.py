"""Blocks every signal by mask instead of by handler, then loops.

base: solved
tier: any
says: the cell did not stop when its computing time was used up
"""

# %% after test_hypothesis
import signal

signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
while True:
    pass
