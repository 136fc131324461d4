"""What a cell and a call give back, as an honest notebook and its judge see it."""

from __future__ import annotations

import base64
import os
import time
from pathlib import Path

import numpy as np
import pytest
from sandboxes import SMALL, refused

from course.errors import GraderFault
from course.sandbox import calls
from course.sandbox.filter import numbers
from course.sandbox.forks import WarmProcess
from course.sandbox.host import Child, NotDefined, StudentError
from course.sandbox.warmup import WarmHandle
from course.sandbox.wire import Opaque, Unsendable


def stderr(child: Child, source: str) -> str:
    ran = child.run(source)
    assert ran.error is None
    return "".join(output.text for output in ran.outputs if output.name == "stderr")


def test_an_error_ends_its_cell_only_and_is_told_shortly(child: Child) -> None:
    child.run("def half(x):\n    return x / 0")
    ran = child.run("a = 1\nhalf(3)\na = 2")
    assert ran.error is not None
    assert (ran.error.kind, ran.error.text) == ("ZeroDivisionError", "division by zero")
    assert ran.error.trace.splitlines() == [
        "line 2: half(3)",
        "line 2, in half: return x / 0",
        "ZeroDivisionError: division by zero",
    ]
    assert ran.limit is None
    assert child.get("a") == 1


def test_a_syntax_error_shows_the_line(child: Child) -> None:
    error = child.run("x = 1\ndef f(:\n    pass").error
    assert error is not None
    assert error.kind == "SyntaxError"
    assert "line 2" in error.trace
    assert "def f(:" in error.trace
    assert "ipython" not in error.trace


@pytest.mark.parametrize(
    ("source", "kind", "text"),
    [
        ("x = (1,", "SyntaxError", "'(' was never closed"),
        ("def f():", "IndentationError", "expected an indented block after function definition"),
        ("x = '''abc", "SyntaxError", "unterminated triple-quoted string literal"),
    ],
)
def test_code_that_breaks_off_is_told_what_is_missing(
    child: Child, source: str, kind: str, text: str
) -> None:
    error = child.run(source).error
    assert error is not None
    assert error.kind == kind
    assert error.text.startswith(text)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("import sys; sys.exit(1)", "SystemExit"),
        ("exit()", "SystemExit"),
        ("quit", "SystemExit"),
        ("raise SystemExit", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("class E(BaseException):\n def __str__(self): raise E\nraise E", "E"),
        ("class E(Exception):\n def __str__(self):\n  while True: pass\nraise E", "E"),
        ("def f(): f()\nf()", "RecursionError"),
        ("(" * 30_000, "SyntaxError"),
        ("input('name?')", "RuntimeError"),
        ("await 3", "TypeError"),
        ("assert False, 'expected 3'", "AssertionError"),
        ("raise NotImplementedError('cost returns nothing yet')", "NotImplementedError"),
        ("%matplotlib nonsense\n1/0", "ZeroDivisionError"),
    ],
)
def test_whatever_a_cell_raises_is_its_own_error(child: Child, source: str, kind: str) -> None:
    ran = child.run(source)
    assert ran.error is not None
    assert ran.error.kind == kind
    assert child.run("7").outputs[0].text == "7"


def test_input_says_that_nobody_answers(child: Child) -> None:
    error = child.run("input()").error
    assert error is not None
    assert "gets no answer while grading" in error.text


@pytest.mark.parametrize(
    ("source", "note"),
    [
        ("!ls -l", "not run: !ls -l"),
        ("files = !ls\nassert files == []", "not run: !ls"),
        ("%pip install numpy", "skipped: %pip install numpy"),
        ("!pip install -q numpy", "not run: !pip"),
        ("%%bash\nrm -rf /", "skipped: %%bash"),
        ("%%nonsense x\n1/0", "skipped: %%nonsense x"),
        ("%tensorflow_version 2.x", "skipped: %tensorflow_version 2.x"),
        ("%load_ext autoreload\n%autoreload 2", "skipped: %autoreload 2"),
        (
            "from google.colab import drive\ndrive.mount('/content/drive')",
            "google.colab does nothing",
        ),
        (
            "from google.colab import files\nfor name in files.upload(): 1/0",
            "google.colab does nothing",
        ),
        ("import google.colab.output\nfrom google.colab import widgets", ""),
        (
            "from google.colab import userdata\nstr(userdata.get('KEY'))",
            "google.colab does nothing",
        ),
        ("#@title Data { run: 'auto' }\nrate = 0.1 #@param {type:'number'}", ""),
        ("%matplotlib inline", ""),
        ("%%time\nx = 1", ""),
        ("%config InlineBackend.figure_format = 'retina'", ""),
        ("import os\nos.environ['PATH']", ""),
    ],
)
def test_what_colab_and_jupyter_allow_does_no_harm(child: Child, source: str, note: str) -> None:
    assert note in stderr(child, source)


def test_calls_return_plain_values_of_their_type(child: Child) -> None:
    child.run("import numpy as np\ndef same(x): return x\ndef mean(x): return x.mean()")
    assert child.call("same", [1, (2.0, None), {"a": b"x"}]) == [1, (2.0, None), {"a": b"x"}]
    value = child.call("mean", np.array([1, 2], dtype=np.float32))
    assert type(value) is np.float32
    assert value == 1.5
    assert type(child.call("same", np.array(3.0))) is np.ndarray


def test_watch_shows_what_became_of_the_arguments(child: Child) -> None:
    child.run("def spoil(x, y):\n    x[0] = 9\n    return y")
    value, (x, y) = child.watch("spoil", np.zeros(2), 5)
    assert (value, list(x), y) == (5, [9.0, 0.0], 5)


def test_values_and_what_they_are_not(child: Child) -> None:
    child.run("rate = 0.5\nclass Odd: pass\nodd = Odd()\ndef f(): return f")
    assert child.get("rate") == 0.5
    assert isinstance(child.get("odd"), Opaque)
    assert isinstance(child.call("f"), Opaque)
    with pytest.raises(NotDefined, match="cost is not defined"):
        child.get("cost")
    with pytest.raises(NotDefined):
        child.call("cost", 1)
    with pytest.raises(StudentError, match="TypeError: 'float' object is not callable"):
        child.call("rate")


def test_a_call_that_raises_says_what_and_where(child: Child) -> None:
    child.run("def cost(x):\n    return x / 0")
    with pytest.raises(StudentError) as raised:
        child.call("cost", 1)
    assert (raised.value.kind, raised.value.text) == ("ZeroDivisionError", "division by zero")
    assert "in cost: return x / 0" in raised.value.trace
    with pytest.raises(StudentError, match="TypeError"):
        child.call("cost")


def test_what_a_call_prints_draws_or_warns_is_dropped(child: Child) -> None:
    child.run(
        "import warnings\nimport matplotlib.pyplot as plt\n"
        "def f():\n print('secret')\n plt.figure()\n warnings.warn('w')"
    )
    child.call("f")
    ran = child.run("print(plt.get_fignums())")
    assert [output.text for output in ran.outputs] == ["[]\n"]


def test_warnings_never_become_errors(child: Child) -> None:
    child.run("import numpy as np\ndef f(): return float(np.float64(1e300) * 1e300)")
    assert child.call("f") == float("inf")


def test_random_numbers_are_the_same_in_every_submission(warm: WarmProcess) -> None:
    source = (
        "import random, numpy as np\n"
        "seen = [random.random(), np.random.rand(), np.random.default_rng().random(),"
        " list({'a', 'b', 'c', 'd'})]"
    )
    seen = []
    for _ in range(2):
        with warm.fork() as child:
            child.run(source)
            seen.append(child.get("seen"))
    assert seen[0] == seen[1]


def test_files_are_put_into_the_working_folder(warm: WarmProcess) -> None:
    with warm.fork({"data/points.csv": b"1,2\n", "helper.py": b"x = 3\n"}) as child:
        assert child.run("print(open('data/points.csv').read())").outputs[0].text == "1,2\n\n"
        assert child.run("import helper\nhelper.x").outputs[0].text == "3"
        assert refused(child, "open('new.txt', 'w').write('x')") == ""


FINDS = {
    "a library's file": "open(os.__file__)",
    "a file of its own": "open('mine', 'w')",
    "whether there is one": "os.stat(os.__file__)",
    "what is there": "os.listdir('.')",
    "where a link leads": "os.readlink('/bin')",
    "a place": "os.chdir('..')",
    "room for a folder": "os.mkdir('mine')",
    "a module that is not loaded": "import turtle",
}


@pytest.mark.parametrize("source", FINDS.values(), ids=FINDS.keys())
def test_a_sealed_process_finds_no_file(warm: WarmProcess, source: str) -> None:
    with warm.fork(sealed=True) as child:
        kind = "ModuleNotFoundError" if source.startswith("import") else "PermissionError"
        assert refused(child, f"import os\n{source}") == kind


def test_a_sealed_process_works_else(warm: WarmProcess) -> None:
    source = (
        "import csv, doctest, statistics, tracemalloc, warnings, datetime as d, numpy as np\n"
        "from matplotlib import pyplot as plt\n"
        "def f(x):\n    np.testing.assert_allclose(x, x)\n    return np.linalg.inv(x) @ x\n"
        "assert d.datetime.strptime('2 May 2027', '%d %B %Y').month == 5\n"
        "plt.subplots()[1].plot([0, 1])\nwarnings.warn('once')\n1 / 0"
    )
    with warm.fork(sealed=True) as child:
        ran = child.run(source, draw=False)
        assert ran.error is not None
        assert ran.error.trace.splitlines()[0] == "line 9: 1 / 0"
        assert child.call("f", np.eye(2)).tolist() == np.eye(2).tolist()


def test_a_sealed_process_meets_no_other_at_a_page_that_both_see(warm: WarmProcess) -> None:
    wake = (
        "import ctypes, os\nfrom course.sandbox import resident\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "last = ctypes.POINTER(resident._Library)()\n"
        "libc.dlinfo(ctypes.c_void_p(libc._handle), 2, ctypes.byref(last))\n"
        "while last.contents.next: last = last.contents.next  # of earlier ones each has a copy\n"
        "page = ctypes.c_void_p(last.contents.base)\n"
        "FUTEX = {'x86_64': 202}.get(os.uname().machine, 98)\n"
        "def wake(private):\n"
        "    return libc.syscall(FUTEX, page, 1 | private, 1, None, None, 0)\n"
    )
    for sealed, answer in ((False, 0), (True, -1)):
        with warm.fork(sealed=sealed) as child:
            assert child.run(wake).error is None
            assert (child.call("wake", 0), child.call("wake", 128)) == (answer, 0)


CALLS = (
    "import ctypes, errno, fcntl, mmap, os, select, socket, struct, threading\n"
    "libc = ctypes.CDLL(None, use_errno=True)\n"
    "def ask(number, *arguments):\n"
    "    given = [each if each is None else ctypes.c_long(each) for each in arguments]\n"
    "    if libc.syscall(ctypes.c_long(number), *given) < 0:\n"
    "        if ctypes.get_errno() == errno.ENOSYS:\n"
    "            raise NotImplementedError\n"
    "        raise OSError(ctypes.get_errno(), 'refused')\n"
    "def lock(command):\n"
    "    how = struct.pack('hhqqi4x', fcntl.F_RDLCK, os.SEEK_SET, 5, 7, 0)\n"
    "    fcntl.fcntl(0, command, how)\n"
    "is_x86 = os.uname().machine == 'x86_64'\n"
)
PROBES = (335, 336)
"""Of x86-64: with these a process that is being traced calls, and newer kernels ask no filter."""
KEPT_OUT = {"PermissionError", "NotImplementedError"}
MEETS = {
    "who holds a lock on a file that all hold open": "lock(fcntl.F_GETLK)",
    "the same in the newer way": "lock(36)",
    "a file's attributes": "ask(468, -100, 0, 0, 0, 0)",
    "a wait at many pages": "ask(449, 0, 1, 0, 0, 1)",
    "a wake in the newer way": "ask(454, 0, 1, 1, 2)",
    "a wait in the newer way": "ask(455, 0, 0, 1, 2, 0, 1)",
    "who waits, at another page": "ask(456, 0, 0, 1, 1)",
    "a wake by the kernel when a thread ends": "ask(218 if is_x86 else 96, 0)",
    "a wake by the kernel for what it held": "ask(273 if is_x86 else 99, 0, 24)",
    "the numbers of processes": "threading.Thread(target=int).start()",
    "the numbers of files": "os.pipe()",
    "the same by sockets": "socket.socketpair()",
    "the numbers of sockets": "ask(55 if is_x86 else 209, 3, 1, 57, 0, 0)",
    "how many descriptors it has": "os.dup(0)",
    "the same under a number": "os.dup2(0, 9)",
    "the same by another call": "fcntl.fcntl(0, fcntl.F_DUPFD, 9)",
    "the same, to be closed": "fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, 9)",
    "one descriptor less": "os.close(0)",
    "several less": "ask(436, 0, 2, 0)",
    "how much the user has watched": "select.epoll()",
    "pages of a library joined": "ask(28 if is_x86 else 233, 0, 0, 14)",
}


@pytest.mark.parametrize("source", MEETS.values(), ids=MEETS.keys())
def test_a_sealed_process_meets_no_other_anywhere(warm: WarmProcess, source: str) -> None:
    """What two can see, or the kernel counts for all, would carry what one of them was told."""
    with warm.fork(sealed=True) as child:
        kinds = {"RuntimeError"} if "Thread" in source else KEPT_OUT
        assert refused(child, CALLS + source) in kinds


def test_a_sealed_process_wakes_nobody_by_its_end(warm: WarmProcess) -> None:
    """libc names a word at which the kernel wakes others, in memory that can be changed."""
    source = (
        "head, size = ctypes.c_void_p(), ctypes.c_size_t()\n"
        "ask(274 if is_x86 else 100, 0, ctypes.addressof(head), ctypes.addressof(size))\n"
        "named = head.value is not None\n"
    )
    for sealed in (False, True):
        with warm.fork(sealed=sealed) as child:
            assert child.run(CALLS + source).error is None
            assert child.get("named") is not sealed


KEEPS = {
    "how long a file will be kept": "fcntl.fcntl(os.open(os.__file__, 0), 1036, bytes([3] * 8))",
    "room in all pipes of the user": "fcntl.fcntl(os.pipe()[0], 1031, 1 << 20)",
    "what others count": "ask(220 if is_x86 else 192, 0, 0, 0, 0)",
    "memory of the whole machine": "ask(99 if is_x86 else 179, 0)",
    "where in it a page lies": "ask(239 if is_x86 else 236, 0, 0, 0, 0, 2)",
    "and to move it": "ask(237 if is_x86 else 235, 0, 0, 0, 0, 0, 2)",
    "pages shared with whoever has equal ones": "ask(28 if is_x86 else 233, 0, 0, 12)",
    "the same for all of them": "ask(157 if is_x86 else 167, 67, 1, 0, 0, 0)",
    "pages of a library joined": "ask(28 if is_x86 else 233, 0, 0, 25)",
    "pages of the machine's store": "mmap.mmap(-1, 1 << 21, 0x40022)",
    "the other half of a core": "ask(157 if is_x86 else 167, 62, 0, 0, 0, 0)",
    "a lease under a newer name": "fcntl.fcntl(0, 1040, bytes(8))",
    "any newer command": "fcntl.fcntl(0, 1100, bytes(8))",
    "threads with descriptors of their own": "ask(56 if is_x86 else 220, 0x30B00, 0, 0, 0, 0)",
    "a file where another one was": "ask(316 if is_x86 else 276, -100, 0, -100, 0, 4)",
    "threads that wait in the kernel": "ask(56 if is_x86 else 220, 0x54F00, 0, 0, 0, 0)",
    "a descriptor of the judge": "socket.socket(fileno=os.dup(3)).getsockopt(1, 77, 4)",
    "whether a process is there": "os.getpgid(os.getpid())",
    "and how much it may compute": "os.getpriority(os.PRIO_PROCESS, os.getpid())",
    "and where": "os.sched_getaffinity(os.getpid())",
    "pages of any size": "ask(157 if is_x86 else 167, 41, 0, 0, 0, 0)",
    "descriptors of its own for one that runs": "ask(436, 0xFFFFFFF0, 0xFFFFFFFF, 2)",
}


@pytest.mark.parametrize("source", KEEPS.values(), ids=KEEPS.keys())
def test_nothing_is_left_with_what_all_share(child: Child, source: str) -> None:
    assert refused(child, CALLS + source) in KEPT_OUT


def test_what_is_in_no_list_is_not_implemented(child: Child) -> None:
    """Of five hundred calls; what the kernel does with those that are, given nothing, varies."""
    names = {*calls.ALLOWED, *calls.REFUSED, *calls.NOT_SUPPORTED, *calls.GRANTED}
    listed = {*numbers(names), *PROBES}
    count = (
        f"listed = {listed!r}\nfound = []\n"
        "for number in range(1_100):\n"
        "    if number not in listed:\n"
        "        try:\n            ask(number, -1, -1, -1, -1, -1, -1)\n"
        "        except NotImplementedError:\n            continue\n"
        "        except OSError:\n            pass\n"
        "        found.append(number)\n"
    )
    assert child.run(CALLS + count).error is None
    assert child.get("found") == []


LOCKS = {
    "a whole file": "fcntl.flock(0, fcntl.LOCK_EX)",
    "a part of it": "lock(fcntl.F_SETLK)",
    "with waiting": "lock(fcntl.F_SETLKW)",
    "for as long as it is open": "lock(37)",
    "the same, with waiting": "lock(38)",
}


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("source", LOCKS.values(), ids=LOCKS.keys())
def test_no_lock_is_one_that_another_could_see(
    source: str, sealed: bool, warm: WarmProcess
) -> None:
    """Each is granted, unasked: on `/dev/null`, which all hold open, there is none."""
    with warm.fork(sealed=sealed) as child:
        assert child.run(CALLS + source).error is None
        assert f":{Path(os.devnull).stat().st_ino} " not in Path("/proc/locks").read_text()


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_a_database_finds_its_locks(child: Child, journal: str) -> None:
    source = (
        "import sqlite3\n"
        "with sqlite3.connect('mine') as base:\n"
        f"    base.execute('pragma journal_mode={journal}')\n"
        "    base.execute('create table marks (points)')\n"
        "    base.execute('insert into marks values (84)')\n"
        "points, = sqlite3.connect('mine').execute('select points from marks').fetchone()\n"
    )
    assert child.run(source).error is None
    assert child.get("points") == 84


def test_no_page_is_larger_than_what_counts_of_it(child: Child) -> None:
    """One byte of a page of two MiB would keep all of it, and the rest could be unmapped."""
    source = (
        "import resource\nHUGE, COUNT = 1 << 21, 40\nlibc.mmap.restype = ctypes.c_void_p\n"
        "libc.prctl(41, 0, 0, 0, 0)\n"
        "at = (libc.mmap(None, COUNT * HUGE, 3, 0x22, -1, 0) // HUGE + 1) * HUGE\n"
        "libc.madvise(ctypes.c_void_p(at), ctypes.c_size_t((COUNT - 1) * HUGE), 14)\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for place in range(COUNT - 1):\n    ctypes.memset(at + place * HUGE, 1, 1)\n"
        "kept = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before\n"
    )
    assert child.run(CALLS + source).error is None
    assert child.get("kept") < 10_000


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", ".", ""])
def test_files_stay_inside(warm: WarmProcess, name: str) -> None:
    with pytest.raises(ValueError, match="not a file name"):
        warm.fork({name: b""})


def test_arguments_of_checks_must_be_plain(child: Child) -> None:
    with pytest.raises(Unsendable):
        child.call("f", object())
    assert child.run("1").error is None


def test_a_cell_that_is_too_long_is_said_to_be(child: Child) -> None:
    error = child.run("#" * (17 << 20)).error
    assert error is not None
    assert "too long" in error.text
    assert child.run("#" * (1 << 20)).error is None


def test_cpu_time_is_told(child: Child) -> None:
    ran = child.run(
        "import time\nend = time.process_time() + 0.2\nwhile time.process_time() < end: pass"
    )
    assert 0.2 <= ran.cpu < 0.5
    assert child.cpu >= ran.cpu


def test_a_round_trip_is_short(child: Child) -> None:
    child.run("def f(x): return x.sum()")
    x = np.zeros((100, 2))
    start = time.perf_counter()
    for _ in range(50):
        child.call("f", x)
    assert (time.perf_counter() - start) / 50 < 0.01


def test_a_layer_that_fails_is_our_fault(
    warm: WarmProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = WarmHandle._filters
    broken = {"filters": [base64.b64encode(bytes(8)).decode()]}
    monkeypatch.setattr(WarmHandle, "_filters", lambda self: made(self) | broken)
    with (
        WarmProcess(warm.isolation, SMALL) as other,
        pytest.raises(GraderFault, match="the confinement failed"),
    ):
        other.fork()
