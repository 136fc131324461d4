"""Sends signals to the grader, to its parent, to process 1, to everybody.

base: solved
says: refused: 7
"""

# %% before hypothesis
import os
import signal

refused = 0
for target in (1, -1, 0, os.getppid(), <grader>, -<grader>, <victim>):
    try:
        os.kill(target, signal.SIGTERM)
    except OSError:
        refused += 1
print("refused:", refused)
