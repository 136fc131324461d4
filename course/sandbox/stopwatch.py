"""Stops student code from within when its time is used: the soft limit spares the submission.

Untrusted side. Code that will not be stopped this way is ended by the judge, who measures for
himself.
"""

from __future__ import annotations

import signal
from types import FrameType

REPEAT = 0.1
"""Seconds after which code that swallowed the first signal receives the next one."""


class TimeLimit(BaseException):
    """The time for this cell or call is used up; `except Exception` lets it pass."""


TimeLimit.__module__ = "builtins"  # so that a traceback names it plainly


class Stopwatch:
    """Raises `TimeLimit` in the main thread after so much CPU or wall time."""

    def __init__(self) -> None:
        self.running = False
        self.expired: str | None = None
        self.seconds: dict[str, float] = {}

    def start(self, cpu: float, wall: float) -> None:
        """Arm both clocks, and the handlers again: student code may have replaced them."""
        self.expired = None
        self.seconds = {"cpu": cpu, "wall": wall}
        signal.signal(signal.SIGPROF, self._expire)
        signal.signal(signal.SIGALRM, self._expire)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGPROF, signal.SIGALRM))
        self.running = True
        signal.setitimer(signal.ITIMER_PROF, cpu, REPEAT)
        signal.setitimer(signal.ITIMER_REAL, wall, REPEAT)

    def stop(self) -> None:
        """Disarm; from the first line on nothing is raised."""
        self.running = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _expire(self, number: int, frame: FrameType | None) -> None:
        if self.running:
            self.expired = "cpu" if number == signal.SIGPROF else "wall"
            raise TimeLimit(
                f"stopped after {self.seconds[self.expired]:g} seconds ({self.expired})"
            )
