"""What a submission may ask of the kernel, and what a sealed one may not."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from sandboxes import refused, warm_process

from course.sandbox import calls
from course.sandbox.filter import numbers
from course.sandbox.forks import WarmProcess
from course.sandbox.host import Child

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
        "import ctypes, os\nfrom course.sandbox import libraries\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "last = ctypes.POINTER(libraries._Library)()\n"
        "libc.dlinfo(ctypes.c_void_p(libc._handle), 2, ctypes.byref(last))\n"
        "while last.contents.next: last = last.contents.next  # of earlier ones each has a copy\n"
        "page = ctypes.c_void_p(last.contents.base)\n"
        "FUTEX = {'x86_64': 202}.get(os.uname().machine, 98)\n"
        "def wake(private):\n"
        "    return libc.syscall(FUTEX, page, 1 | private, 1, None, None, 0)\n"
    )
    with warm_process(warm.isolation.tier) as fresh:  # before any is sealed, there is such a page
        for sealed, answer in ((False, 0), (True, -1)):
            with fresh.fork(sealed=sealed) as child:
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
    "the copy of one given away": "ask(28 if is_x86 else 233, 0, 0, 4)",
    "more of a library's file": "ask(25 if is_x86 else 216, 0, 4096, 8192, 1)",
    "what lies between two parts of it": "ask(10 if is_x86 else 226, 0, 0, 1)",
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
    "a record of a link to another user's file": "open('a', 'w').close(); os.link('a', 'b')",
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


DESCRIPTOR_OF_A_THREAD = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
stack, descriptor = (ctypes.c_ulong * 4096)(), ctypes.c_int(-1)
for place in range(2048, 4096):  # where the thread would return to
    stack[place] = ctypes.cast(libc.pause, ctypes.c_void_p).value
top = ctypes.addressof(stack) + 2048 * ctypes.sizeof(ctypes.c_ulong)
shared = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000
arguments = ctypes.c_long(shared | 0x1000), ctypes.c_long(top), ctypes.byref(descriptor)
libc.syscall(CLONE, *arguments, None, None)
descriptor.value, ctypes.get_errno()
"""


def test_no_thread_has_a_descriptor(warm: WarmProcess) -> None:
    """It counts every process of the machine."""
    [clone] = numbers(["clone"])
    with warm.fork() as child:
        ran = child.run(DESCRIPTOR_OF_A_THREAD.replace("CLONE", str(clone)))
    assert ran.outputs[0].text == f"(-1, {errno.EPERM})"
