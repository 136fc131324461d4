"""How long our own process works on what a student wrote, and in how much memory.

Trusted side. Texts are parsed, coloured and rendered by libraries that take quadratic time, or
worse, for some of them: known ones are passed over, and others will be found. Whatever it is, one
submission must not keep a class, or a TA, waiting.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from course import memory
from course.sandbox.stopwatch import SIGNALS, Stopwatch, TimeLimit

Made = TypeVar("Made")

FOR_A_TEXT = 2.0
FOR_A_PAGE = 10.0
UNHEARD = 10.0
"""CPU seconds that a library may go on when its time is over, because no signal interrupts it. Then
a worker ends, if it is one: whoever it was for is graded by another one, alone, or by nobody.
"""
MOST_BYTES = 3 << 29
"""What a notebook as large as may be takes to be read is a third less."""


class OutOfPatience(Exception):
    """It took longer, or more memory, than it may."""


def within(seconds: float, make: Callable[[], Made]) -> Made:
    """What `make` gives; raises OutOfPatience when it takes more CPU seconds, or `MOST_BYTES`.

    Not to be nested. Python interrupts its main thread alone: in another one it takes what it
    takes.
    """
    if threading.current_thread() is not threading.main_thread():
        return make()
    if seconds <= 0:
        raise OutOfPatience
    try:
        with memory.at_most(MOST_BYTES):
            return _in_time(seconds, make)
    except MemoryError:
        memory.refuse_shortage(MOST_BYTES)
        raise OutOfPatience from None


def _in_time(seconds: float, make: Callable[[], Made]) -> Made:
    stopwatch, before = Stopwatch(), {number: signal.getsignal(number) for number in SIGNALS}
    left, _ = signal.getitimer(signal.ITIMER_VIRTUAL)  # 0 where nothing ends this process
    granted = min(left, seconds + UNHEARD)
    signal.setitimer(signal.ITIMER_VIRTUAL, granted)
    try:
        try:
            stopwatch.start(seconds)
            return make()
        finally:
            stopwatch.stop()
    except TimeLimit:
        stopwatch.stop()  # should it have come in the line that does so above
        raise OutOfPatience from None
    finally:
        for number, handler in before.items():
            if handler is not None:  # which no Python code set
                signal.signal(number, handler)
        used = granted - signal.getitimer(signal.ITIMER_VIRTUAL)[0]
        signal.setitimer(signal.ITIMER_VIRTUAL, left - used)


class Patience:
    """What all texts of one page may take together."""

    def __init__(self) -> None:
        self.left = FOR_A_PAGE

    def spend(self, make: Callable[[], Made], otherwise: Callable[[], Made]) -> Made:
        """What `make` gives, or `otherwise` if that takes longer than one text may, or is left."""
        start = time.process_time()
        try:
            return within(min(FOR_A_TEXT, self.left), make)
        except OutOfPatience:
            return otherwise()
        finally:
            self.left -= time.process_time() - start
