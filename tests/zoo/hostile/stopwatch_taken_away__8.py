"""Finds the clock that stops cells from within and disarms it: the judge's own clock decides.

base: solved
tier: any
says: the cell did not stop when its computing time was used up
"""

# %% after test_hypothesis
import signal

from course.sandbox import stopwatch

stopwatch.Stopwatch.start = stopwatch.Stopwatch.stop = lambda *args: None
signal.setitimer(signal.ITIMER_PROF, 0)
signal.setitimer(signal.ITIMER_REAL, 0)
while True:
    pass
