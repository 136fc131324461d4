"""A submission's threads are made one by one, as many as it may have, and stop with it."""

from __future__ import annotations

import os
import resource
from functools import partial

import pytest
from sandboxes import HELP, SMALL, refused

from course.sandbox.clock import Process
from course.sandbox.forks import WarmProcess
from course.sandbox.host import Child, ProcessEnded
from course.sandbox.warmup import WarmHandle

RAW_THREADS = (
    HELP
    + """
stack = ctypes.create_string_buffer(1 << 16)  # of all of them: none ever returns from `pause`
top = ctypes.c_void_p(ctypes.addressof(stack) + (1 << 15) & ~15)
def start(number):
    for _ in range(number):
        libc.clone(libc.pause, top, 0x50F00, None)
"""
)
SORTED_BY_THREADS = """
import ctypes
libc, size, many = ctypes.CDLL(None), 64, 100_000
attributes = ctypes.create_string_buffer(size)
libc.pthread_attr_init(attributes)
libc.pthread_attr_setstacksize(attributes, ctypes.c_size_t(1 << 14))
table = ctypes.create_string_buffer(attributes.raw * many)
libc.qsort_r(table, ctypes.c_size_t(many), ctypes.c_size_t(size), libc.pthread_create, libc.pause)
"""
"""Each comparison starts a thread."""


@pytest.fixture
def child(child: Child) -> Child:
    child.run(HELP)
    return child


def most_threads(child: Child, source: str) -> int:
    """How many threads a flood had when it was ended, which it must be."""
    seen = []
    threads = child._process.threads
    child._process.threads = lambda: seen.append(threads()) or seen[-1]  # type: ignore[method-assign]
    with pytest.raises(ProcessEnded, match="it started more than 64 threads") as ended:
        child.run(source)
    assert ended.value.limit == "processes"
    return max(seen)


def test_threads_wait_until_they_are_let_in(child: Child) -> None:
    """The kernel starts them without Python and without memory, and counts nothing of root's."""
    child.run(RAW_THREADS)
    assert child.asks
    assert most_threads(child, "start(20_000)") <= 2 * SMALL.processes


def test_threads_that_a_loop_in_c_starts_wait_as_well(child: Child) -> None:
    assert most_threads(child, SORTED_BY_THREADS) <= 2 * SMALL.processes


def test_threads_that_nobody_asks_for_are_counted_while_they_are_started(
    warm: WarmProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the kernel cannot ask: an old one, or one that somebody else has ask already."""
    filters = WarmHandle._filters
    unasked = lambda self: filters(self) | {"asking": []}  # noqa: E731
    monkeypatch.setattr(WarmHandle, "_filters", unasked)
    with WarmProcess(warm.isolation, SMALL) as other, other.fork() as child:
        child.run(RAW_THREADS)
        assert not child.asks
        assert most_threads(child, "start(3_000)") > SMALL.processes


def test_threads_are_counted_at_every_answer(child: Child) -> None:
    child.run(RAW_THREADS)
    with pytest.raises(ProcessEnded, match="it started more than 64 threads"):
        child.run("start(100)")


def test_as_many_threads_as_are_allowed_are_no_flood(child: Child) -> None:
    child.run(RAW_THREADS)
    assert refused(child, f"start({SMALL.processes - 1})") == ""
    assert refused(child, "import time\ntime.sleep(0.1)") == ""


def test_a_child_that_is_not_asked_stands_still(warm: WarmProcess, child: Child) -> None:
    child.run(RAW_THREADS)
    child.run("threading.Timer(0.1, start, [20_000]).start()")
    with warm.fork() as other:
        other.run("import time\ntime.sleep(0.4)")
        assert child._process.threads() == 2
    with pytest.raises(ProcessEnded, match="it started more than 64 threads"):
        child.run("import time\ntime.sleep(2)")


def test_a_wait_for_a_processor_counts_whole_when_it_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Until then the kernel tells nothing of it, and the judge has looked many times."""
    process = Process(os.getpid())
    waited = []
    for told in ({}, {"1": 0.0}, {"1": 9.0}, {"1": 9.0, "2": 5.0}, {"1": 9.5, "2": 7.0}):
        monkeypatch.setattr(process, "_delays_now", partial(dict, told))
        process.wall()
        waited.append(process._delay)
    assert waited == [0.0, 0.0, 9.0, 14.0, 16.0]


def test_timers_do_not_use_up_what_all_of_the_users_processes_share(child: Child) -> None:
    child.run(HELP + "event = (ctypes.c_int * 16)(0, 0, signal.SIGKILL)\nplace = ctypes.c_void_p()")
    make = "checked(libc.timer_create(1, event, ctypes.byref(place)))"
    assert refused(child, make) == "BlockingIOError"


def test_others_of_the_same_user_can_still_start_processes(child: Child) -> None:
    most = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    if most == resource.RLIM_INFINITY:
        most = 1 << 30
    allowed = child.run("print(resource.getrlimit(resource.RLIMIT_NPROC)[1])").outputs[0].text
    assert int(allowed) == -1 or 0 < int(allowed) <= most - most // 4
