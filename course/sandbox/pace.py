"""How fast this machine computes just now, beside how fast it did at its best. Trusted side.

CPU time counts against a submission's limits, and others can make it cost more: one that works
across the border of two cache lines stops the memory of all cores for each instruction, and an
honest one beside it needs ten times the CPU time. No limit holds that off, so it is noticed.
"""

from __future__ import annotations

import time

BYTES = 1 << 16
"""More than the first cache of a core holds, from which a loop would run on undisturbed."""
COPIES = 16
SLOW = 5.0
"""How many times as long as at best. Caches and clock rates make that two, with every core busy."""
SECONDS_BETWEEN = 0.1


class Pace:
    """A small piece of work, done again and again: what it takes now, and what at its best."""

    def __init__(self) -> None:
        self._here, self._there = bytearray(BYTES), bytearray(BYTES)
        self._best = min(self._work() for _ in range(COPIES))
        self._next = 0.0
        self._slow = False

    def is_slow(self) -> bool:
        """Whether it was slow when it was last looked at, a tenth of a second ago at most."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + SECONDS_BETWEEN
            took = self._work()
            self._best = min(self._best, took)
            self._slow = took > SLOW * self._best
        return self._slow

    def _work(self) -> float:
        """CPU seconds of copying what is in the caches by now."""
        self._there[:] = self._here
        start = time.thread_time()
        for _ in range(COPIES):
            self._there[:] = self._here
        return time.thread_time() - start
