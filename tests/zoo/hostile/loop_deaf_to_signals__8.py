"""Ignores the signals that would stop its loop: killed, and what was done before counts.

base: solved
says: the cell did not stop when its computing time was used up
"""

# %% after test_hypothesis
import signal

for number in (signal.SIGALRM, signal.SIGPROF, signal.SIGXCPU, signal.SIGTERM, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
while True:
    pass
