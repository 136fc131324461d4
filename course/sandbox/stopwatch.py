"""Stops student code from within when its time is used: the soft limit spares the submission.

Untrusted side. Code that will not be stopped this way is ended by the judge, who measures as well,
and who alone can tell waiting that is the code's own doing from waiting for the judge.
"""

from __future__ import annotations

import math
import signal
import time
from types import FrameType

WAITED = signal.SIGURG
"""From the judge: it has waited for as long as it may. Who does not heed it is not ended by it."""
SIGNALS = (signal.SIGPROF, signal.SIGALRM, WAITED)
"""Of the kernel's timer of CPU time, of the looks at its clock, and of the judge."""
REPEAT = 0.1
"""CPU seconds after which code that swallowed the first signal receives the next one."""
SHORTEST = 0.01
"""The kernel's timer goes by ticks of 4 to 10 ms."""
TICK = 0.5
"""Seconds between looks at the clock of CPU time, for the timer may be late. With `REPEAT` less
than `grace_cpu`: these looks, too, stop code before its process is killed.
"""


class TimeLimit(BaseException):
    """The time for this cell or call is used up; `except Exception` lets it pass."""


TimeLimit.__module__ = "builtins"  # so that a traceback names it plainly


class Stopwatch:
    """Raises `TimeLimit` in the main thread after so many seconds of computing or of waiting."""

    def __init__(self) -> None:
        self.running = False
        self.expired: str | None = None
        self._seconds = {"cpu": 0.0, "wall": 0.0}
        self._cpu_end = 0.0

    def start(self, cpu: float, wall: float = math.inf) -> None:
        """Arm the clock, and the handlers again: student code may have replaced them."""
        self.expired = None
        self._seconds = {"cpu": cpu, "wall": wall}
        self._cpu_end = time.process_time() + cpu
        signal.signal(signal.SIGPROF, self._computed)
        signal.signal(signal.SIGALRM, self._ticked)
        signal.signal(WAITED, self._waited)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        self.running = True
        self._look_again(cpu)
        signal.setitimer(signal.ITIMER_REAL, TICK, TICK)

    def stop(self) -> None:
        """Disarm; from the first line on nothing is raised."""
        self.running = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _look_again(self, left: float) -> None:
        """Have the CPU clock looked at halfway to its limit.

        The kernel's timer counts a whole tick for whoever runs when it comes, the clock what was
        computed: on a loaded machine they are a fifth apart, and the clock is what decides.
        """
        signal.setitimer(signal.ITIMER_PROF, max(left / 2, SHORTEST), REPEAT)

    def _computed(self, number: int, frame: FrameType | None) -> None:
        left = self._cpu_end - time.process_time()
        if left <= 0:
            self._expire("cpu")
        elif self.running:
            self._look_again(left)

    def _ticked(self, number: int, frame: FrameType | None) -> None:
        if time.process_time() >= self._cpu_end + REPEAT:
            self._expire("cpu")

    def _waited(self, number: int, frame: FrameType | None) -> None:
        self._expire("wall")

    def _expire(self, clock: str) -> None:
        if self.running:
            self.expired = clock
            what = {"cpu": "computing", "wall": "waiting"}[clock]
            raise TimeLimit(f"stopped after {self._seconds[clock]:g} seconds of {what}")
