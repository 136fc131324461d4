"""Time that is used up while others slow the machine down costs nobody a mark."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import tiny
from sandboxes import SMALL, TIERS, missing

from course.config import load_settings
from course.errors import KilledFromOutside
from course.grading import Graded, Grader
from course.lab import Lab
from course.release import release
from course.sandbox import pace
from course.sandbox.forks import WarmProcess
from course.sandbox.host import MOST_SLOWED, Child, ProcessEnded
from course.sandbox.isolation import Isolation
from course.sandbox.outcome import TimeLimit
from course.sandbox.pace import Pace
from course.sandbox.watch import Watch
from course.workers import attempt

SLOWED = "was used up while this machine was many times slower"
LIMITS = replace(SMALL, cell_cpu=0.6, call_cpu=0.4, submission_cpu=2.0, grace_cpu=0.2)
FUNCTIONS = """
def loop():
    while True:
        pass
def deaf():
    while True:
        try:
            loop()
        except BaseException:
            pass
def compute():
    import time
    end = time.process_time() + 0.3
    while time.process_time() < end:
        pass
"""
SPLIT_LOCKS = """
import ctypes
libc, room, endless = ctypes.CDLL(None), ctypes.create_string_buffer(256), ctypes.c_size_t(1 << 62)
lock = ctypes.c_void_p((ctypes.addressof(room) + 127) // 64 * 64 + 62)  # in two lines of the cache
libc.pthread_spin_trylock(lock)
libc.lfind(lock, room, ctypes.byref(endless), ctypes.c_size_t(0), libc.pthread_spin_trylock)
"""
"""Tries a lock that is taken, again and again, in a loop of the C library's."""


@pytest.fixture(scope="module")
def beside_others(warm: WarmProcess) -> Iterator[WarmProcess]:
    with WarmProcess(warm.isolation, LIMITS, alone=False) as made:
        yield made


@pytest.fixture
def child(beside_others: WarmProcess) -> Iterator[Child]:
    with beside_others.fork() as made:
        made.run(FUNCTIONS)
        yield made


def slow(monkeypatch: pytest.MonkeyPatch, seconds: float = float("inf")) -> None:
    """Have the machine be slow, from now on for so long."""
    end = time.monotonic() + seconds
    monkeypatch.setattr(Pace, "is_slow", lambda *_: time.monotonic() < end)


def call_often(child: Child, times: int) -> None:
    for _ in range(times):
        child.call("compute")


@pytest.mark.parametrize("name", ["loop", "deaf"])
def test_a_limit_reached_while_the_machine_is_slow_does_not_count(
    child: Child, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    slow(monkeypatch)
    with pytest.raises(KilledFromOutside, match=SLOWED):
        child.call(name)
    assert not child.alive


@pytest.mark.parametrize("name", ["loop", "deaf"])
def test_nor_that_of_a_cell(child: Child, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    slow(monkeypatch)
    with pytest.raises(KilledFromOutside, match=SLOWED):
        child.run(f"{name}()")


@pytest.mark.parametrize("renewed", [False, True])
def test_nor_that_of_the_whole_submission(
    child: Child, monkeypatch: pytest.MonkeyPatch, renewed: bool
) -> None:
    if renewed:
        call_often(child, 4)
        child.renew_budget()
    slow(monkeypatch)
    with pytest.raises(KilledFromOutside, match=SLOWED):
        call_often(child, 20)


def test_at_the_usual_pace_it_counts(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    slow(monkeypatch, 0)
    with pytest.raises(TimeLimit):
        child.call("loop")
    assert child.run("loop()").limit == "cell_cpu"
    with pytest.raises(ProcessEnded, match="did not stop"):
        child.call("deaf")


def test_a_moment_does_not_make_a_machine_slow(
    child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    child.run("1")  # what was used until now is noted by now
    slow(monkeypatch, 0.01)
    with pytest.raises(TimeLimit):
        child.call("loop")


def test_what_ends_in_time_is_nobodys_concern(
    child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(monkeypatch)
    child.call("compute")
    assert child.run("1 + 1").outputs[0].text == "2"


def test_a_cell_that_others_slowed_down_did_not_take_long(
    child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert child.run("compute()").cpu > 0.25
    slow(monkeypatch)
    assert child.run("compute()").cpu < 0.1


def test_the_best_that_was_seen_is_the_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = iter([*[4.0] * pace.COPIES, 4.0 * pace.SLOW, 1.0, pace.SLOW + 0.1, 1.0])
    monkeypatch.setattr(Pace, "_work", lambda _: next(taken))
    monkeypatch.setattr(pace, "SECONDS_BETWEEN", 0.0)
    seen = Pace()
    assert [seen.is_slow() for _ in range(4)] == [False, False, True, False]


def test_it_is_measured_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Pace()
    monkeypatch.setattr(Pace, "_work", lambda _: 1e9)
    assert seen.is_slow()
    monkeypatch.setattr(Pace, "_work", lambda _: 0.0)
    assert seen.is_slow()
    time.sleep(pace.SECONDS_BETWEEN)
    assert not seen.is_slow()


def test_it_is_measured_on_the_core_that_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, usable, found = Pace(), os.sched_getaffinity(0), []

    def work(_: Pace) -> float:
        found.append(os.sched_getaffinity(0))
        return 0.0

    monkeypatch.setattr(Pace, "_work", work)
    monkeypatch.setattr(pace, "SECONDS_BETWEEN", 0.0)
    for core in (max(usable), None, max(usable) + 1):
        seen.is_slow(lambda core=core: core)  # type: ignore[misc]
    assert found == [{max(usable)}, usable, usable]
    assert os.sched_getaffinity(0) == usable


def test_the_core_is_that_of_the_submission(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[int | None] = []

    def is_slow(_: Pace, core: Callable[[], int | None]) -> bool:
        found.append(core())
        return False

    monkeypatch.setattr(Pace, "is_slow", is_slow)
    for core in sorted(os.sched_getaffinity(0)):
        os.sched_setaffinity(child._process.pid, {core})
        child.call("compute")
        assert found[-1] == core


def test_who_begins_while_the_machine_is_slow_knows_what_is_usual(
    beside_others: WarmProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = pace.at_first()
    monkeypatch.setattr(Pace, "_work", lambda _: usual * (pace.SLOW + 1))
    reopened = WarmProcess(beside_others.isolation, LIMITS, alone=False)
    with reopened, reopened.fork() as child, pytest.raises(KilledFromOutside, match=SLOWED):
        child.run(f"{FUNCTIONS}\nloop()")


def test_what_is_usual_is_known_where_workers_are_forked() -> None:
    program = "import course.ahead as it\nit.pace.Pace = None\nprint(it.pace.at_first() > 0)"
    subprocess.run([sys.executable, "-c", program], check=True)


@contextlib.contextmanager
def slowed_down() -> Iterator[int]:
    """Another program on another core, which slows this one where the hardware lets it.

    On this one there is a program, too, so that no core is idle. Gives this core's number.
    """
    there, here, *_ = (*sorted(os.sched_getaffinity(0)), None, None)
    if here is None:
        pytest.skip("it takes two cores")
    with contextlib.ExitStack() as stack:
        for core, program in ((there, SPLIT_LOCKS), (here, "while True: pass")):
            command = ["taskset", "--cpu-list", str(core), sys.executable, "-c", program]
            stack.callback(stack.enter_context(subprocess.Popen(command)).kill)
        yield here


@pytest.mark.slow
def test_a_neighbour_that_slows_this_machine_is_noticed() -> None:
    seen = Pace()
    with slowed_down() as core:
        time.sleep(0.5)
        found = []
        for _ in range(40):
            time.sleep(pace.SECONDS_BETWEEN)
            found.append(seen.is_slow(lambda: core))
    if not any(found):
        pytest.skip("this machine is not slowed by locks across two lines of its cache")
    assert sum(found) > len(found) * MOST_SLOWED


def graded(grader: Grader) -> Graded:
    loop = {**tiny.RIGHT, "double": "def double(x):\n    while True:\n        pass"}
    path = tiny.hand_in(grader.settings.root, "ada", loop)
    return grader.grade("ada", path.read_bytes())


def test_who_was_slowed_beside_others_is_worth_a_second_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiers = [tier for tier in TIERS if not missing(tier)]
    if not tiers:
        pytest.skip("no tier works here")
    release(load_settings(tiny.write_course(tmp_path)), tiny.LAB)
    settings = replace(load_settings(tmp_path), limits=LIMITS)
    lab, isolation = Lab.load(settings, tiny.LAB), Isolation.of_tier(tiers[0])
    slow(monkeypatch)
    with Grader(settings, lab, isolation, alone=False) as grader:
        done = attempt(lambda _: graded(grader), None)  # type: ignore[arg-type]
        assert (done.graded, done.again) == (None, True)
        assert SLOWED in done.fault
    with Grader(settings, lab, isolation) as grader:
        assert {hit.limit for hit in graded(grader).record.limits_hit} == {"call_cpu"}
    tiny.forget_checks()


@pytest.mark.parametrize(("threads", "asked"), [(0, "core"), (1, "core"), (2, ""), (64, "")])
def test_the_look_does_not_stand_in_line_with_many_threads(threads: int, asked: str) -> None:
    """Threads that sleep and wake without end kept the judge from its clocks for seconds."""
    process = SimpleNamespace(cpu=lambda: 0.0, threads=lambda: threads, core="core")
    looks: list[str] = []
    look = SimpleNamespace(is_slow=lambda core="": looks.append(core))
    Watch(cast(Any, None), cast(Any, process), "", cast(Any, look))._keep_pace()
    assert looks == [asked]
