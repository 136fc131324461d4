"""Ctrl-C, SIGTERM and a terminal that is closed, held back until a moment that bears them.

Python raises KeyboardInterrupt wherever the main thread happens to be. In a callback (of a lock, a
weak reference, the garbage collector) it is printed and lost, and the run goes on as if nobody had
asked. Held back, it is raised where nothing is half done. Asked twice, it is raised at once.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def held() -> Iterator[Callable[[], None]]:
    """Hold interrupts back; the function given raises what has arrived by then, if anything.

    What arrives first is noted, what comes after it is raised at once, by the handler that stood
    before. A signal that this process ignores stays ignored. For the main thread alone.
    """
    before: dict[int, Any] = {number: signal.getsignal(number) for number in SIGNALS}
    arrived: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        if arrived:
            before[number](number, frame)
        arrived.append(number)

    def heed() -> None:
        if arrived:
            before[arrived[0]](arrived[0], None)

    for number, handler in before.items():
        if callable(handler):
            signal.signal(number, note)
    try:
        yield heed
        heed()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
