"""The soft limit of time, here in our own process: it goes by the clock that the judge reads."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

import pytest

from course.sandbox.stopwatch import REPEAT, SIGNALS, TICK, Stopwatch, TimeLimit

LIMIT = 0.3


@pytest.fixture
def stopwatch() -> Iterator[Stopwatch]:
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    watch = Stopwatch()
    yield watch
    watch.stop()
    for number, handler in handlers.items():
        signal.signal(number, handler)


def computed_until_stopped() -> float:
    """CPU seconds of an endless loop."""
    start = time.process_time()
    try:
        while True:
            pass
    except TimeLimit:
        return time.process_time() - start


@pytest.mark.parametrize(
    ("ticks", "late"), [(0.2, REPEAT), (1.0, REPEAT), (1.7, REPEAT), (100.0, TICK + REPEAT)]
)
def test_a_limit_is_of_computed_time_however_the_kernels_timer_goes(
    ticks: float, late: float, stopwatch: Stopwatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a loaded machine it was seen to go by a fifth too fast."""
    kernels = signal.setitimer

    def setitimer(which: int, seconds: float, interval: float = 0.0) -> object:
        pace = ticks if which == signal.ITIMER_PROF else 1.0
        return kernels(which, seconds * pace, interval * pace)  # type: ignore[arg-type]

    monkeypatch.setattr(signal, "setitimer", setitimer)
    before = time.process_time()
    stopwatch.start(LIMIT)
    computed_until_stopped()
    used = time.process_time() - before
    stopwatch.stop()  # else it soon stops whoever runs the tests
    assert LIMIT <= used < LIMIT + late
    assert stopwatch.expired == "cpu"


def test_who_swallows_the_first_signal_gets_the_next_one(stopwatch: Stopwatch) -> None:
    stopwatch.start(LIMIT)
    computed_until_stopped()
    used = computed_until_stopped()
    stopwatch.stop()
    assert used < 2 * REPEAT


def test_the_other_clock_does_not_stop_at_once_what_is_stopped(stopwatch: Stopwatch) -> None:
    """IPython would be told what was raised in itself, and the student no line of the own code."""
    stopwatch.start(LIMIT)
    computed_until_stopped()
    stopwatch._ticked(signal.SIGALRM, None)
    stopwatch.stop()


def test_nothing_is_raised_after_the_stop(stopwatch: Stopwatch) -> None:
    stopwatch.start(LIMIT)
    stopwatch.stop()
    start = time.process_time()
    while time.process_time() < start + LIMIT + REPEAT:
        pass
    assert stopwatch.expired is None
