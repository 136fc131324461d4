"""Who is killed from outside, by an administrator or as memory runs out, loses nothing by it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import tiny
from sandboxes import SMALL, TIERS, missing, warm_process
from test_sandbox_leftovers import alive, last_of_line, parent

from course.config import load_settings
from course.errors import GraderFault, KilledFromOutside
from course.grading import Graded, Grader
from course.lab import Lab
from course.release import release
from course.sandbox.clock import Process
from course.sandbox.forks import WarmProcess
from course.sandbox.host import ProcessEnded
from course.sandbox.isolation import Isolation
from course.sandbox.room import Room
from course.sandbox.warm import Forker
from course.sandbox.warmup import WarmEnded, WarmHandle
from course.workers import attempt

SLEEPS = "import time\n\ntime.sleep(0.3)\n\n\n"
TIMER = """
import ctypes, signal, time
libc, timer = ctypes.CDLL(None), ctypes.c_void_p()
libc.timer_create(1, (ctypes.c_int * 16)(0, 0, signal.SIGKILL), ctypes.byref(timer))
libc.timer_settime(timer, 0, (ctypes.c_long * 4)(0, 0, 0, 1000), None)
time.sleep(0.2)
import os
os._exit(0)
"""


MEETS_EVERY_TICK = """
import ctypes, signal, time
ctypes.CDLL(None).prctl(29, 1, 0, 0, 0)  # wake up on time
for number in (signal.SIGPROF, signal.SIGALRM, signal.SIGXCPU):
    signal.signal(number, signal.SIG_IGN)
TICK = 4_000_000
def meet(seconds, phase):
    now = time.monotonic_ns()
    end = now + seconds * 10**9
    while now < end:
        at = now - now % TICK + phase
        at += TICK * (at < now)
        time.sleep((at - now) / 1e9)
        while now < at + 200_000:
            now = time.monotonic_ns()
def charged(phase):
    before, _ = signal.getitimer(signal.ITIMER_PROF)
    meet(0.2, phase)
    return before - signal.getitimer(signal.ITIMER_PROF)[0]
signal.setitimer(signal.ITIMER_PROF, 10_000)
meet(20, max(range(0, TICK, 200_000), key=charged))
"""
"""Computes for a twentieth of the time, and is charged for all of it (where ticks take 4 ms)."""


@pytest.mark.slow
@pytest.mark.parametrize("tier", TIERS)
def test_nor_does_a_limit_that_it_reaches_without_computing(tier: str) -> None:
    limits = replace(SMALL, cell_cpu=2.0, submission_cpu=2.0, grace_cpu=0.2, wall_least=30.0)
    with warm_process(tier, limits) as warm, warm.fork() as child:
        try:
            child.run(MEETS_EVERY_TICK)
        except ProcessEnded:
            return
        pytest.skip("the ticks of this machine were not met")


def test_a_process_that_ended_tells_its_ticks_until_it_is_buried(warm: WarmProcess) -> None:
    with warm.fork() as child:
        child.run("import time\nwhile time.process_time() < 0.4: pass")
        os.kill(child._process.pid, signal.SIGKILL)
        assert child._process.ended(5)
        assert child._process.cpu_in_ticks() > 0.1


def test_how_a_process_ended_is_told_before_its_folder_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That may take longer than the judge waits, who would take a late answer for the next one."""
    told: list[bytes] = []
    monkeypatch.setattr("course.sandbox.sweep.remove", lambda folder: told.append(b"removed"))
    with subprocess.Popen(["/bin/sh", "-c", "exit 3"]) as ended:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            forker = Forker(theirs, {}, None)
            forker.folders[ended.pid] = tmp_path
            forker.bury(ended.pid, told.append)
            forker.bury(ended.pid, told.append)
    number, status, _ = told[0].split()
    assert os.waitstatus_to_exitcode(int(status)) == 3
    assert told[1:] == [b"removed", number + b" 0 0"]


@pytest.mark.parametrize("tier", TIERS)
def test_what_is_told_too_late_is_held_against_nobody(tier: str) -> None:
    """The warm process may stand still, or wait for another one's end, longer than it is given."""
    with warm_process(tier) as warm:
        with warm.fork() as first:
            handle = first._warm
            of_warm = parent(first._process.pid)
            os.kill(of_warm, signal.SIGSTOP)
            handle._control.settimeout(0.1)
            with pytest.raises(ProcessEnded):
                first.run("import os\nos._exit(1)")
            handle._control.settimeout(10)
            os.kill(of_warm, signal.SIGCONT)
        with warm.fork() as second:
            second.run("1")
            os.kill(second._process.pid, signal.SIGKILL)
            with pytest.raises(KilledFromOutside, match="of this submission was killed"):
                second.run("1")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("when", ["while it is asked", "before it is asked"])
def test_a_kill_from_outside_is_no_students_fault(
    warm: WarmProcess, number: signal.Signals, when: str
) -> None:
    with warm.fork() as child:
        child.run("import time")
        if when == "before it is asked":
            os.kill(child._process.pid, number)
            # it stands still, and meets SIGTERM when it goes on
            assert number == signal.SIGTERM or child._process.ended(5)
        else:
            threading.Timer(0.1, os.kill, (child._process.pid, number)).start()
        with pytest.raises(KilledFromOutside, match="of this submission was killed from outside"):
            child.run("time.sleep(1)")
    with warm.fork() as child:
        assert child.run("1 + 1").outputs[0].text == "2"


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos._exit(137)",
        "import os\nos.abort()",
        "import os, signal\ntry: os.kill(os.getpid(), signal.SIGKILL)\nfinally: os._exit(1)",
        "import os, signal\ntry: signal.raise_signal(signal.SIGTERM)\nfinally: os._exit(1)",
        "import ctypes\nctypes.string_at(0)",
        "import ctypes\nctypes.CDLL(None).syscall(0x40000000 + 39)",
        "import ctypes\nctypes.CDLL(None).prctl(22, 1)\nimport os\nos._exit(1)",
        "import os\nos.close(3)",
        TIMER,
    ],
)
def test_nothing_that_it_does_itself_looks_like_one(warm: WarmProcess, source: str) -> None:
    with warm.fork() as child, pytest.raises(ProcessEnded):
        child.run(source)


def test_the_kernels_own_limit_is_no_kill_from_outside(
    warm: WarmProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("course.sandbox.confine.most_cpu", lambda limits: 0)
    with warm.fork() as child:
        os.kill(child._process.pid, signal.SIGKILL)
        with pytest.raises(ProcessEnded, match="an exit, a crash"):
            child.run("1")


@pytest.mark.parametrize("number", [signal.SIGXCPU, signal.SIGKILL])
@pytest.mark.parametrize("tier", TIERS)
def test_time_that_the_kernel_charged_for_others_is_held_against_nobody(
    tier: str, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who sleeps whenever a tick comes has whoever runs then charged for all that it computes."""
    monkeypatch.setattr(Process, "cpu_in_ticks", lambda process: 1e6)
    with warm_process(tier) as warm:
        with warm.fork() as child:
            os.kill(child._process.pid, number)
            with pytest.raises(ProcessEnded, match="an exit, a crash"):
                child.run("1")
        with WarmProcess(warm.isolation, SMALL, alone=False) as beside, beside.fork() as child:
            os.kill(child._process.pid, number)
            with pytest.raises(KilledFromOutside, match="that it did not use"):
                child.run("1")


# --- a submission ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    course = tiny.write_course(tmp_path_factory.mktemp("killed") / "course")
    settings = load_settings(course)
    release(settings, tiny.LAB)
    tiers = [tier for tier in TIERS if not missing(tier)]
    if not tiers:
        pytest.skip("no tier works here")
    with Grader(settings, Lab.load(settings, tiny.LAB), Isolation.of_tier(tiers[0])) as made:
        yield made
    tiny.forget_checks()


def graded(grader: Grader) -> Graded:
    typed = {name: SLEEPS + source for name, source in tiny.RIGHT.items()}
    path = tiny.hand_in(grader.settings.root, "ada", typed)
    return grader.grade("ada", path.read_bytes())


def kill(monkeypatch: pytest.MonkeyPatch, times: int, whom: Callable[[int], int]) -> list[int]:
    """So many times, kill what belongs to a child a moment after it was forked; whom it met."""
    fork = WarmHandle.fork
    met: list[int] = []

    def forked(handle: WarmHandle, seconds: float, **how: bool) -> Any:
        made = fork(handle, seconds, **how)
        if len(met) < times:
            met.append(whom(made[1].pid))
            threading.Timer(0.1, os.kill, (met[-1], signal.SIGKILL)).start()
        return made

    monkeypatch.setattr(WarmHandle, "fork", forked)
    return met


@pytest.mark.parametrize("whom", [int, parent], ids=["its process", "the warm process"])
def test_who_was_killed_once_is_graded_as_if_nothing_had_been(
    grader: Grader, monkeypatch: pytest.MonkeyPatch, whom: Callable[[int], int]
) -> None:
    expected = graded(grader)
    assert expected.record.points > 0
    met = kill(monkeypatch, 1, whom)
    found = graded(grader)
    assert (len(met), alive({*met})) == (1, set())
    assert found.record.model_copy(update={"timings": {}}) == expected.record.model_copy(
        update={"timings": {}}
    )


def test_who_was_killed_twice_is_left_to_be_graded_again(
    grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill(monkeypatch, 2, int)
    done = attempt(lambda _: graded(grader), None)  # type: ignore[arg-type]
    assert done.graded is None
    assert done.fault.startswith("the process of this submission was killed from outside")
    assert "Traceback" not in done.fault
    assert done.reason.startswith("The grader itself failed here")


def test_who_was_ended_beside_others_for_want_of_room_is_worth_a_second_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What filled the disk may have been another one, so that nobody loses marks for it."""
    if missing("landlock"):
        pytest.skip(missing("landlock"))
    release(load_settings(tiny.write_course(tmp_path)), tiny.LAB)
    settings = load_settings(tmp_path)
    lab = Lab.load(settings, tiny.LAB)
    monkeypatch.setattr(Room, "is_short", lambda room: True)
    monkeypatch.setattr(Room, "comes_back", lambda room: True)
    landlock = Isolation.of_tier("landlock")
    with Grader(settings, lab, landlock, alone=False) as beside_others:
        done = attempt(lambda _: graded(beside_others), None)  # type: ignore[arg-type]
        assert (done.graded, done.again) == (None, True)
    with Grader(settings, lab, landlock) as alone:
        blamed = graded(alone).record
        assert blamed.points == 0
        assert "too many or too large files" in blamed.limits_hit[-1].sentence
    tiny.forget_checks()


@pytest.mark.parametrize("starts", [True, False])
def test_who_found_nothing_left_to_run_in_is_worth_a_second_try(
    starts: bool, grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Processes or memory, which another one may have had, who has been ended for that by now."""
    none = "BlockingIOError: [Errno 11] Resource temporarily unavailable"

    def start(handle: WarmHandle) -> None:
        handle.close()
        raise GraderFault(none)

    with monkeypatch.context() as patched:
        patched.setattr(WarmHandle, "fork", Mock(side_effect=WarmEnded(none)))
        patched.setattr(grader, "alone", False)
        grader._warm.start()
        if not starts:
            patched.setattr(WarmHandle, "wait", start)
            patched.setattr(WarmProcess, "_ready", lambda warm: warm._handle or warm._waited_for())
        done = attempt(lambda _: graded(grader), None)  # type: ignore[arg-type]
    assert (done.graded, done.again) == (None, True)
    assert done.fault == f"the sandbox does not start any more: {none}"
    assert graded(grader).record.points > 0


# --- the start of a warm process ------------------------------------------------------------------


def killed_while_starting(monkeypatch: pytest.MonkeyPatch, times: int) -> list[int]:
    start = WarmHandle._start
    met: list[int] = []

    def started(handle: WarmHandle, theirs: Any) -> Any:
        process = start(handle, theirs)
        if len(met) < times:
            met.append(process.pid)
            threading.Timer(0.1, lambda: os.kill(last_of_line(process.pid), 9)).start()
        return process

    monkeypatch.setattr(WarmHandle, "_start", started)
    return met


@pytest.mark.parametrize("tier", TIERS)
def test_a_warm_process_killed_while_it_starts_is_started_again(
    tier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing(tier):
        pytest.skip(missing(tier))
    met = killed_while_starting(monkeypatch, 1)
    with WarmProcess(Isolation.of_tier(tier), SMALL) as warm, warm.fork() as child:
        assert child.run("1 + 1").outputs[0].text == "2"
    assert len(met) == 1
    assert alive({*met}) == set()


@pytest.mark.parametrize("tier", TIERS)
def test_one_that_is_killed_again_is_a_sentence(tier: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if missing(tier):
        pytest.skip(missing(tier))
    met = killed_while_starting(monkeypatch, 3)
    with pytest.raises(KilledFromOutside, match="from which submissions are forked was killed"):
        WarmProcess(Isolation.of_tier(tier), SMALL).start()
    assert len(met) == 2


@pytest.mark.parametrize("tier", TIERS)
def test_so_is_one_that_others_keep_from_starting_in_time(
    tier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A submission has sixty threads on each core, and it takes a minute instead of a second."""
    if missing(tier):
        pytest.skip(missing(tier))
    monkeypatch.setattr("course.sandbox.warmup.START_SECONDS", 0.01)
    with pytest.raises(KilledFromOutside, match="did not start in"):
        WarmProcess(Isolation.of_tier(tier), SMALL).start()
