"""How fast this machine computes just now, beside how fast it did at its best. Trusted side.

CPU time counts against a submission's limits, and others can make it cost more: one that works
across the border of two cache lines stops the memory of all cores for each instruction, and an
honest one beside it needs ten times the CPU time. No limit holds that off, so it is noticed.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache

BYTES = 1 << 16
"""More than the first cache of a core holds, from which a loop would run on undisturbed."""
COPIES = 16
SLOW = 5.0
"""How many times as long as at best. Caches and clock rates make that two, with every core busy."""
SECONDS_BETWEEN = 0.1


class Pace:
    """A small piece of work, done again and again: what it takes now, and what at its best."""

    def __init__(self, at_best: float = math.inf) -> None:
        self._here, self._there = bytearray(BYTES), bytearray(BYTES)
        self.best = min(at_best, *(self._work() for _ in range(COPIES)))
        """CPU seconds that it took at best so far."""
        self._next = 0.0
        self._slow = False

    def is_slow(self, core: Callable[[], int | None] = lambda: None) -> bool:
        """Whether it was slow when it was last looked at, a tenth of a second ago at most.

        It is looked at on the `core` that is asked about: on another one, whoever slows it down may
        be who has to stand back for this very look.
        """
        now = time.monotonic()
        if now >= self._next:
            self._next = now + SECONDS_BETWEEN
            with _on(core()):
                took = self._work()
            self.best = min(self.best, took)
            self._slow = took > SLOW * self.best
        return self._slow

    def _work(self) -> float:
        """CPU seconds of copying what is in the caches by now."""
        self._there[:] = self._here
        start = time.thread_time()
        for _ in range(COPIES):
            self._there[:] = self._here
        return time.thread_time() - start


@contextmanager
def _on(core: int | None) -> Iterator[None]:
    """Run on this core, if that is one of those that may be used; else where it comes."""
    usable = os.sched_getaffinity(0)
    if core in usable:
        with suppress(OSError):  # the machine has just lost it
            os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        with suppress(OSError):
            os.sched_setaffinity(0, usable)


@cache
def at_first() -> float:
    """What it took when first asked for, here or in the process that this one was forked from.

    That is before any submission runs. Whoever opens a grader anew, beside a submission that slows
    the machine, would take slow for usual.
    """
    return Pace().best
