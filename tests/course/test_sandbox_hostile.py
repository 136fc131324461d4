"""Submissions that will not stop, lie, or tamper with all of their process: only they end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sandboxes import DEAF, SMALL, refused, warm_process

from course.errors import GraderFault
from course.sandbox import sweep
from course.sandbox.clock import WALL_GRACE
from course.sandbox.forks import WarmProcess
from course.sandbox.host import Child, ProcessEnded, StudentError, TimeLimit
from course.sandbox.isolation import Isolation
from course.sandbox.turnstile import Asked, Turnstile


@pytest.mark.parametrize(
    "source",
    [
        "while True: pass",
        "try:\n    while True: pass\nexcept Exception: pass\nelse: 1/0",
        "def f():\n    while True: pass\nf()",
        "import numpy as np\nwhile True: np.ones((100, 100)) @ np.ones((100, 100))",
        "import itertools\nfor _ in itertools.repeat(0): pass",
        "while True: print('x')",
        "%time\nwhile True: pass",
    ],
)
def test_a_loop_ends_its_cell_only(child: Child, source: str) -> None:
    ran = child.run(source)
    assert ran.limit == "cell_cpu"
    assert ran.error is not None
    assert ran.error.kind == "TimeLimit"
    assert "0.6 seconds" in ran.error.text
    assert 0.4 <= ran.cpu < 1.0
    assert child.run("1 + 1").outputs[0].text == "2"


def test_a_loop_that_swallows_the_first_signal_is_still_counted(child: Child) -> None:
    ran = child.run("try:\n    while True: sum(range(10**6))\nexcept BaseException: pass")
    assert ran.limit == "cell_cpu"
    child.run(
        "def f():\n    try:\n        while True: sum(range(10**6))\n"
        "    except BaseException:\n        return 7"
    )
    with pytest.raises(TimeLimit):
        child.call("f")
    assert child.alive


def test_sleeping_ends_by_the_wall_clock(child: Child) -> None:
    ran = child.run("import time\ntime.sleep(1e6)")
    assert ran.limit == "wall"
    child.run("def f(): time.sleep(1e6)")
    with pytest.raises(TimeLimit) as stopped:
        child.call("f")
    assert stopped.value.limit == "wall"
    assert child.alive


def test_a_call_that_loops_ends_alone(child: Child) -> None:
    child.run("def f():\n    while True: pass\ndef g(): return 3")
    with pytest.raises(TimeLimit) as stopped:
        child.call("f")
    assert (stopped.value.limit, stopped.value.seconds) == ("call_cpu", 0.4)
    assert child.call("g") == 3


@contextlib.contextmanager
def rivals(number: int) -> Iterator[None]:
    """So many loops on the first processor."""
    loop = [sys.executable, "-S", "-c", "while True: pass"]
    with contextlib.ExitStack() as stack:
        for _ in range(number):
            rival = stack.enter_context(subprocess.Popen(loop, start_new_session=True))
            stack.callback(rival.kill)
            os.sched_setaffinity(rival.pid, {0})
        time.sleep(0.5)
        yield


IN_A_THREAD = """
import threading
def loop():
    while True:
        pass
thread = threading.Thread(target=loop, daemon=True)
thread.start()
thread.join()
"""


@pytest.mark.parametrize("source", ["while True: pass", IN_A_THREAD], ids=["alone", "thread"])
def test_a_loaded_machine_changes_nothing(warm: WarmProcess, source: str) -> None:
    """Nine loops share one processor: the cell takes longer than all waiting that it is allowed."""
    with warm.fork() as child, rivals(8):
        os.sched_setaffinity(child._process.pid, {0})
        start = time.monotonic()
        ran = child.run(source)
        assert time.monotonic() - start > SMALL.wall(SMALL.cell_cpu) + WALL_GRACE
        assert (ran.limit, child.alive) == ("cell_cpu", True)


def test_a_judge_that_stood_still_did_not_wait(child: Child) -> None:
    """Who grades presses Ctrl-Z, and goes on when the answer has been there for long."""
    pid, still = os.getpid(), 2 * (SMALL.wall(SMALL.cell_cpu) + WALL_GRACE)
    stop = f"sleep 0.5; kill -STOP {pid}; sleep {still}; kill -CONT {pid}"
    with subprocess.Popen(["/bin/sh", "-c", stop]):
        ran = child.run("import time\ntime.sleep(1)")
    assert (ran.limit, child.alive) == (None, True)
    assert child.run("1").limit is None


def test_what_waits_for_a_judge_without_a_processor_does_not_count_as_waiting(
    child: Child,
) -> None:
    """Each file is let in by the judge, who has to wait for eight loops before that."""
    cores = os.sched_getaffinity(0)
    if not child.asks or len(cores) < 2:
        pytest.skip("here nothing waits for the judge, or it has no processor of its own")
    os.sched_setaffinity(child._process.pid, cores - {0})
    with rivals(8):
        os.sched_setaffinity(0, {0})
        try:
            start = time.monotonic()
            ran = child.run("for each in range(2_000): open(str(each % 50), 'w').close()")
            took = time.monotonic() - start
        finally:
            os.sched_setaffinity(0, cores)
    assert took > SMALL.wall(SMALL.cell_cpu) + WALL_GRACE
    assert (ran.error, ran.limit, child.alive) == (None, None, True)


def test_who_stands_still_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """While its files are counted, which takes a judge long that hardly gets a processor."""
    still = SMALL.wall(SMALL.cell_cpu) / 2

    def measured(folder: Path, most: int) -> tuple[int, int]:
        time.sleep(still)
        return 0, 1

    with warm_process("landlock") as warm, warm.fork() as child:
        child.run("open('file', 'w').close()")
        monkeypatch.setattr(sweep, "measure", measured)
        start = time.monotonic()
        ran = child.run("import time\nfor _ in range(100): time.sleep(0.01)")
        assert time.monotonic() - start > SMALL.wall(SMALL.cell_cpu) + WALL_GRACE
        assert (ran.error, ran.limit, child.alive) == (None, None, True)


def test_nobody_waits_for_a_processor_by_giving_way(child: Child) -> None:
    """That would count neither as computing nor as waiting, for as long as somebody computes."""
    os.sched_setaffinity(child._process.pid, {0})
    source = (
        "import ctypes, hashlib, resource, threading, time\nlibc = ctypes.CDLL(None)\n"
        "rival = lambda: hashlib.pbkdf2_hmac('sha256', b'', b'', 10**7)  # without Python's lock\n"
        "threading.Thread(target=rival, daemon=True).start()\ntime.sleep(0.05)\n"
        "def switches():\n    return resource.getrusage(resource.RUSAGE_THREAD).ru_nivcsw\n"
        "before = switches()\ngiven = sum(libc.sched_yield() == 0 for _ in range(100))\n"
        "switched = switches() - before\n"
    )
    assert child.run(source).error is None
    assert child.get("given") == 100
    assert child.get("switched") < 10


@pytest.mark.slow
def test_nor_does_one_that_is_loaded_beyond_measure(warm: WarmProcess) -> None:
    """What computes is not waiting, however little of a processor it gets."""
    with warm.fork() as child, rivals(40):
        os.sched_setaffinity(child._process.pid, {0})
        start = time.monotonic()
        ran = child.run("import time\nwhile time.process_time() < 0.1: pass")
        assert time.monotonic() - start > SMALL.wall(SMALL.cell_cpu)
        assert (ran.error, ran.limit) == (None, None)


def test_a_repr_that_loops_counts_for_its_call(child: Child) -> None:
    child.run(
        "class C:\n    def __repr__(self):\n        while True: pass\ndef f(): return C()\nc = C()"
    )
    with pytest.raises(TimeLimit):
        child.call("f")
    with pytest.raises(TimeLimit):
        child.get("c")
    assert child.alive


@pytest.mark.parametrize(
    ("source", "limit"),
    [
        (
            "while True:\n    try: sum(range(10**7))\n    except BaseException: pass",
            None,
        ),
        (DEAF + "while True: pass", "cell_cpu"),
        ("9 ** 9 ** 9", None),
        ("sum(range(10**12))", "cell_cpu"),
        (DEAF + "import time\nwhile True: time.sleep(0.01)", "wall"),
        (DEAF + "import os\nos.read(os.pipe()[0], 1)", "wall"),
        ("import ctypes\nctypes.CDLL(None).pause() or exec('while True: pass')\n", None),
        ("class F:\n def __del__(self):\n  while True: pass\nF()", None),
    ],
)
def test_what_will_not_stop_is_killed(child: Child, source: str, limit: str | None) -> None:
    start = time.monotonic()
    if limit is None:  # stopped or killed, as the moment of the signal has it
        with contextlib.suppress(ProcessEnded):
            child.run(source)
    else:
        with pytest.raises(ProcessEnded) as ended:
            child.run(source)
        assert ended.value.limit == limit
        assert not child.alive
    assert time.monotonic() - start < 30


def test_who_asks_for_files_without_end_keeps_no_clock_from_being_looked_at(
    child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads that ask again at once, by turns: when one is let in, another waits already."""
    end = time.monotonic() + 10

    def always_another(_: Turnstile) -> Asked:
        assert time.monotonic() < end
        return Asked(0, is_thread=False)

    monkeypatch.setattr(Turnstile, "next", always_another)
    with pytest.raises(ProcessEnded) as ended:
        child.run("import signal\nsignal.pthread_sigmask(0, {14, 27})\nwhile True: pass")
    assert ended.value.limit == "cell_cpu"


def test_an_ended_submission_stays_ended(child: Child) -> None:
    with pytest.raises(ProcessEnded, match="the process ended"):
        child.run("import os\nos._exit(0)")
    for ask in (lambda: child.run("1"), lambda: child.call("f"), lambda: child.get("x")):
        with pytest.raises(ProcessEnded, match="the process ended"):
            ask()
    assert child.ended is not None
    child.close()
    child.close()


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.abort()",
        "import ctypes\nctypes.string_at(0)",
        "import os\nos.close(3)",
        "import os\nos.dup2(os.open('/dev/null', 2), 3)",
        "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()",
        "import threading, os\n"
        "threading.Thread(target=os._exit, args=(0,)).start()\nwhile True: pass",
    ],
)
def test_crashes_end_the_submission_alone(warm: WarmProcess, source: str) -> None:
    with warm.fork() as child, warm.fork() as other:
        try:
            child.run(source)
            child.call("f")
        except (ProcessEnded, StudentError):
            pass
        assert refused(other, "1") == ""


def test_the_whole_submission_has_a_budget(warm: WarmProcess) -> None:
    limits = replace(SMALL, submission_cpu=1.0)
    with warm_process(warm.isolation.tier, limits) as small, small.fork() as child:
        assert child.run("while True: pass").limit == "cell_cpu"
        for _ in range(5):  # what is left may be next to nothing, but it is used up soon
            with contextlib.suppress(ProcessEnded):
                child.run("while True: pass")
        with pytest.raises(ProcessEnded) as ended:
            child.run("1")
        assert ended.value.limit == "submission_cpu"
        assert child.cpu < 1.0 + 2 * SMALL.grace_cpu


def test_the_judges_reading_of_its_answers_is_in_that_budget(warm: WarmProcess) -> None:
    """To send the same frame again takes a submission no time, to read it takes the judge some."""
    limits = replace(SMALL, submission_cpu=1.0, wall_least=60.0)
    with warm_process(warm.isolation.tier, limits) as small, small.fork() as child:
        child.run(
            "import gc\n"
            "service = next(e for e in gc.get_objects() if type(e).__name__ == 'Service')\n"
            'outputs = b\',\'.join([b\'{"t":["display","",null,""]}\'] * 39_000)\n'
            "rest = b',\"value\",{\"t\":[[' + outputs + b'],null,null]}]}'\n"
            "service.encode = lambda number, *_: (b'{\"t\":[%d' % number + rest, b'')"
        )
        start = time.thread_time()
        with pytest.raises(ProcessEnded) as ended:
            deque(child.run("1") for _ in range(200))
        assert ended.value.limit == "submission_cpu"
        assert time.thread_time() - start < 3.0


def test_many_waits_add_up_and_are_called_what_they_are(warm: WarmProcess) -> None:
    limits = replace(SMALL, submission_cpu=1.0, wall_factor=1.0, wall_least=1.0)
    with warm_process(warm.isolation.tier, limits) as small, small.fork() as child:
        child.run("import time")
        with pytest.raises(ProcessEnded, match="waited too long without computing") as ended:
            deque(child.run("time.sleep(0.3)") for _ in range(20))
        assert ended.value.limit == "wall"


def test_so_is_the_judges_letting_in_of_files(warm: WarmProcess) -> None:
    """To ask for one takes a submission less than it takes the judge, who counts them, too."""
    limits = replace(SMALL, submission_cpu=1.0, wall_least=60.0, folder_files=3_000)
    with warm_process(warm.isolation.tier, limits) as small, small.fork() as child:
        child.run(
            "import os, time\n"
            "def ask(name):\n    os.close(os.open(name, os.O_RDWR | os.O_CREAT))\n"
            "for number in range(2_900):\n    ask(str(number))\n"
        )
        start, before = time.thread_time(), child.cpu
        source = "end = time.monotonic() + 0.2\nwhile time.monotonic() < end:\n    ask('0')"
        with pytest.raises(ProcessEnded) as ended:
            deque(child.run(source) for _ in range(200))
        assert ended.value.limit == "submission_cpu"
        assert time.thread_time() - start + child.cpu - before < 1.5 * limits.submission_cpu


def test_so_is_the_judges_count_of_files_that_are_there(warm: WarmProcess) -> None:
    """It counts them after each request: a notebook of empty cells had it count for minutes."""
    limits = replace(SMALL, submission_cpu=1.0, wall_least=60.0, folder_files=3_000)
    with warm_process(warm.isolation.tier, limits) as small, small.fork() as child:
        child.run("for number in range(2_900):\n    open(str(number), 'x').close()")
        child.renew_budget()
        start, before = time.thread_time(), child.cpu
        with contextlib.suppress(ProcessEnded):
            deque(child.run("") for _ in range(600))
        assert time.thread_time() - start + child.cpu - before < 1.5 * limits.submission_cpu


@pytest.mark.parametrize("answer", ["['x'] * 30_000", "[1.0] * 30_000", "[1.0]"])
def test_nobody_runs_while_its_answer_is_read_and_judged(child: Child, answer: str) -> None:
    """That takes the judge up to a second, in which it counts no threads and no files."""
    child.run(
        "import threading, time\nticks = [time.monotonic()]\n"
        "def tick():\n    while True:\n        time.sleep(0.002)\n"
        "        ticks.append(time.monotonic())\n"
        "threading.Thread(target=tick, daemon=True).start()\nopen('mallory', 'w').close()\n"
        f"def answer():\n    return {answer}\n"
        "def longest():\n    time.sleep(0.05)\n    ticks.append(time.monotonic())\n"
        "    return max(now - was for was, now in zip(ticks, ticks[1:]))"
    )
    assert len(child.call("answer")) in (1, 30_000)
    time.sleep(0.4)
    assert child.call("longest") > 0.3


def test_who_closes_the_channel_and_lives_on_stands_still(child: Child) -> None:
    """For a second it is waited for, lest it has ended; what it wrote then would be in no count."""
    with pytest.raises(ProcessEnded, match="the process ended"):
        child.run("import os, signal\nsignal.pthread_sigmask(0, {14, 27})\nos.close(3)\nwhile 1: 1")
    assert child.cpu < 0.2


def test_threads_that_are_left_do_not_stop_the_calls(child: Child) -> None:
    child.run(
        "import threading, time\ndef sleep():\n    while True: time.sleep(0.05)\n"
        "for _ in range(4): threading.Thread(target=sleep).start()\ndef f(): return 1"
    )
    for _ in range(5):
        assert child.call("f") == 1


def test_a_warm_process_that_died_is_replaced(warm: WarmProcess) -> None:
    with warm_process(warm.isolation.tier) as mine:
        first = mine.fork()
        assert mine._handle is not None
        os.killpg(mine._handle._process.pid, signal.SIGKILL)
        mine._handle._process.wait()
        with pytest.raises(GraderFault):
            first.run("import time\ntime.sleep(1)")  # the kernel passes the death on in a moment
        with mine.fork() as second:
            assert second.run("1").error is None


def test_a_sandbox_that_does_not_start_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course.sandbox.view.warm_command", lambda control: ["false"])
    with pytest.raises(GraderFault, match="does not start"):
        WarmProcess(Isolation.of_tier("landlock"), SMALL).start()


def test_an_interrupt_of_the_judge_ends_the_submission(child: Child) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # shells may ignore it
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        child.run("while True: pass")
    signal.signal(signal.SIGINT, before)
    with pytest.raises(ProcessEnded, match="interrupted"):
        child.run("1")
