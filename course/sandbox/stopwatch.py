"""Stops student code from within when its time is used: the soft limit spares the submission.

Untrusted side. Code that will not be stopped this way is ended by the judge, who measures as well.
"""

from __future__ import annotations

import resource
import signal
import time
from types import FrameType

SIGNALS = (signal.SIGPROF, signal.SIGALRM)
"""Of the clocks of CPU time and of the wall."""
REPEAT = 0.1
"""CPU seconds after which code that swallowed the first signal receives the next one."""
SHORTEST = 0.01
"""The kernel's timer goes by ticks of 4 to 10 ms."""
TICKS = 10
"""How often the wall clock is looked at within its limit."""
LONGEST_TICK = 0.5
"""With `REPEAT` less than `grace_cpu`: these looks, too, stop code before its process is killed."""
IDLE = 0.05
"""A tick in which less than this share was computed counts as waiting, unless the processor was
taken away more often than it was given back: then the judge's clock decides, which knows for how
long the code stood still for that."""


SWITCHES_OF_A_LOOK = 4
"""How often the processor is given back to look at the clock while another thread computes: on a
machine full of others, no less often than it is taken away."""


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
        self._waited = 0.0
        self._seen = (0.0, 0.0)
        self._switches = (0, 0)

    def start(self, cpu: float, wall: float) -> None:
        """Arm both clocks, and the handlers again: student code may have replaced them."""
        self.expired = None
        self._seconds = {"cpu": cpu, "wall": wall}
        self._waited = 0.0
        self._seen = (time.monotonic(), time.process_time())
        self._was_preempted()
        self._cpu_end = self._seen[1] + cpu
        signal.signal(signal.SIGPROF, self._computed)
        signal.signal(signal.SIGALRM, self._ticked)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        self.running = True
        tick = min(wall / TICKS, LONGEST_TICK)
        self._look_again(cpu)
        signal.setitimer(signal.ITIMER_REAL, tick, tick)

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
        wall, cpu = time.monotonic(), time.process_time()
        elapsed, computed = wall - self._seen[0], cpu - self._seen[1]
        self._seen = (wall, cpu)
        if not self._was_preempted() and computed < IDLE * elapsed:
            self._waited += elapsed
        if cpu >= self._cpu_end + REPEAT:  # the kernel's timer of CPU time is late, too
            self._expire("cpu")
        if self._waited >= self._seconds["wall"]:
            self._expire("wall")

    def _was_preempted(self) -> bool:
        """Whether the processor was taken from it more often than it gave it back, since asked."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        taken, given = self._switches
        self._switches = (used.ru_nivcsw, used.ru_nvcsw)
        return used.ru_nivcsw - taken > max(0, used.ru_nvcsw - given - SWITCHES_OF_A_LOOK)

    def _expire(self, clock: str) -> None:
        if self.running:
            self.expired = clock
            what = {"cpu": "computing", "wall": "waiting"}[clock]
            raise TimeLimit(f"stopped after {self._seconds[clock]:g} seconds of {what}")
