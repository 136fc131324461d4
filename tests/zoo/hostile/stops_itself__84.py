"""Raises signals at itself that would stop or end it.

base: solved
says: PermissionError
"""

# %% before hypothesis
import signal

signal.raise_signal(signal.SIGSTOP)
