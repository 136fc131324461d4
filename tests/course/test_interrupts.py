"""Ctrl-C is held back to a moment that bears it, and never lost."""

import os
import signal
import weakref
from collections.abc import Iterator

import pytest

from course.interrupts import held


class Terminated(Exception):
    pass


def terminated(*_: object) -> None:
    raise Terminated


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    term = signal.signal(signal.SIGTERM, terminated)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGTERM) is terminated
    signal.signal(signal.SIGINT, before)
    signal.signal(signal.SIGTERM, term)


def interrupt(number: signal.Signals = signal.SIGINT) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize(
    ("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)]
)
def test_it_is_raised_where_it_is_asked_for(
    number: signal.Signals, raised: type[BaseException]
) -> None:
    done = []

    def work() -> None:
        with held() as heed:
            heed()
            interrupt(number)
            done.append("what was begun")
            heed()
            done.append("what came next")

    with pytest.raises(raised):
        work()
    assert done == ["what was begun"]


def test_it_is_not_lost_in_a_callback() -> None:
    class Thing:
        pass

    def work() -> None:
        with held() as heed:
            thing = Thing()
            reference = weakref.ref(thing, lambda _: interrupt())
            del thing
            assert reference() is None
            heed()

    with pytest.raises(KeyboardInterrupt):
        work()


def test_the_second_is_raised_at_once() -> None:
    done = []

    def work() -> None:
        with held():
            interrupt()
            done.append("what was begun")
            interrupt()
            done.append("what came next")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["what was begun"]


def test_one_that_nobody_asked_about_is_raised_at_the_end() -> None:
    with pytest.raises(KeyboardInterrupt), held():
        interrupt()


def test_what_is_ignored_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with held() as heed:
        interrupt()
        heed()
    assert signal.signal(signal.SIGINT, signal.default_int_handler) is signal.SIG_IGN
