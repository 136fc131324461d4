"""Lies about the time in Python: the judge asks the kernel.

base: solved
tier: any
says: the cell did not stop when its computing time was used up
"""

# %% after test_hypothesis
import resource
import signal
import time

time.process_time = time.monotonic = time.time = lambda: 0.0
try:
    resource.setrlimit(resource.RLIMIT_CPU, (5, resource.getrlimit(resource.RLIMIT_CPU)[1]))
except ValueError:
    pass
signal.signal(signal.SIGPROF, signal.SIG_IGN)
signal.signal(signal.SIGALRM, signal.SIG_IGN)
while True:
    pass
