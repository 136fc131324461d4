"""The start-up self-test: a throw-away submission attempts what must be impossible here and now.

Trusted side. Nothing is inferred from a kernel version or a setting. A canary alone proves too
little: the real checks and gradebook are attempted as well, lest they lie where the view reaches.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from course.errors import GraderFault
from course.sandbox.forks import WarmProcess
from course.sandbox.isolation import Isolation
from course.sandbox.limits import MIB, Limits
from course.sandbox.outcome import SubmissionError
from course.sandbox.room import is_memory

MUST_FAIL = {
    "read a file of the instructor": "open(CANARY).read()",
    "write over a file of the instructor": "os.open(CANARY, os.O_WRONLY)",
    "empty a file of the instructor": "os.truncate(CANARY, 0)",
    "empty a file while opening it": "os.open(CANARY, os.O_RDONLY | os.O_TRUNC)",
    "make a file outside of its folder": "open(CANARY + 'x', 'w')",
    "change the mode of a file": "os.chmod(CANARY, 0o777)",
    "remove a file": "os.unlink(CANARY)",
    "rename a file": "os.rename(CANARY, 'mine')",
    "link to a file": "os.link(CANARY, 'mine')",
    "list the instructor's folders": "read_all(os.path.dirname(CANARY))",
    "read the memory of the judge": "open(f'/proc/{JUDGE}/mem', 'rb')",
    "read the environment of the judge": "open(f'/proc/{JUDGE}/environ', 'rb').read()",
    "signal the judge": "os.kill(JUDGE, 0)",
    "have the kernel signal the judge": "fcntl.fcntl(mine, fcntl.F_SETOWN, JUDGE)",
    "signal the warm process": "os.kill(os.getppid(), 0)",
    "open a TCP connection": "socket.create_connection(('127.0.0.1', PORT), 1)",
    "open a UDP socket": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "open a unix socket": "socket.socket(socket.AF_UNIX)",
    "make sockets that can send to services": "socket.socketpair(type=socket.SOCK_DGRAM)",
    "send a descriptor": "socket.send_fds(mine, [b'x'], [LIBRARY])",
    "take a lease on a library's file": "fcntl.fcntl(LIBRARY, fcntl.F_SETLEASE, fcntl.F_RDLCK)",
    "put a library's file out of memory": "os.posix_fadvise(LIBRARY, 0, 0, os.POSIX_FADV_DONTNEED)",
    "fork": "os.fork() or os._exit(0)",
    "run a program": "os.execv('/bin/true', ['true'])",
    "trace a process": "checked(libc.ptrace(0, 0, 0, 0))",
    "become another user": "os.setuid(os.getuid() + 1)",
    "make a namespace": "checked(libc.unshare(0x10000000))",
    "make memory that is machine code": "mmap.mmap(-1, 1, prot=mmap.PROT_EXEC)",
    "allocate beyond the limit": "bytearray(MEMORY)",
    "raise its own limits": "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "write a file beyond the limit": "write('large', FILE)",
}

SEALED_MUST_FAIL = {
    "open a file while it is lent a solution": "open(os.__file__)",
    "look a file up while it is lent a solution": "os.stat('.')",
}

ENDED = "the submission was ended"
CLONE_FLAGS_OF_A_THREAD = 0x50F00
CANARY_PREFIX = "course-proof-"
MADE = "course-proof"

NOTICED_LATE = "fill the disk until it is noticed"
COUNTED_LATE = "make thousands of threads and files before they are counted"
MEMORY_IN_FILES = "take memory beyond its limit: temporary files lie there (set TMPDIR to a disk)"
MAY_SUCCEED = {
    "see that a file of the instructor exists": "os.stat(CANARY)",
    NOTICED_LATE: "fill(FOLDER)",
    "start threads without end": "flood()",
}

ATTEMPT = """
import os
def attempt(source):
    try:
        eval(source)
    except BaseException as error:
        return f'{type(error).__name__}: {error}'
    return 'allowed'
"""
PROGRAM = (
    ATTEMPT
    + """
import ctypes, fcntl, mmap, resource, socket, time
mine, other = socket.socketpair()
LIBRARY = os.open(os.__file__, os.O_RDONLY)
libc = ctypes.CDLL(None, use_errno=True)
def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), 'refused')
def read_all(path):
    if os.path.isdir(path):
        for name in os.listdir(path):
            read_all(os.path.join(path, name))
    else:
        with open(path, 'rb') as file:
            file.read(1)
def write(name, size):
    with open(name, 'wb', 0) as file:
        checked(file.write(bytes(size)) - size)
def fill(size):
    for number in range(4):
        write(f'part{number}', size // 2)
def flood():
    stack = ctypes.create_string_buffer(1 << 16)  # of all of them: none ever returns from `pause`
    top = ctypes.c_void_p(ctypes.addressof(stack) + (1 << 15) & ~15)
    for _ in range(THREADS):
        checked(libc.clone(libc.pause, top, THREAD, None))
    time.sleep(0.5)
def make(path):
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    try:
        os.unlink(path)
    except OSError:
        pass
"""
)


class Proof(NamedTuple):
    """What the attempts came to: failed as they must, holes, and what is known to succeed."""

    proved: tuple[str, ...]
    holes: tuple[str, ...]
    not_prevented: tuple[str, ...]


def prove(isolation: Isolation, must_not_read: Sequence[Path]) -> Proof:
    """Attempt everything under this isolation; raises GraderFault when the sandbox does not start.

    An attempt counts as failed only when the submission's process says how it failed, or was ended.
    """
    limits = replace(
        Limits(),
        file_bytes=2 * MIB,
        folder_bytes=4 * MIB,
        memory_bytes=1 << 30,
        figures=0,
        wall_factor=1.0,
        wall_least=2.0,
    )
    attempts = {**MUST_FAIL, **_real_files(must_not_read)}
    with _canary_folder() as folder:
        canary = folder / "test_canary.py"
        canary.write_text("SECRET")
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            WarmProcess(isolation, limits) as warm,
        ):
            program = PROGRAM + _names(canary, server.getsockname()[1], limits)
            results = _attempt(warm, program, attempts)
            if "seccomp" in isolation.layers:
                results |= _attempt(warm, ATTEMPT, SEALED_MUST_FAIL, sealed=True)
            free = _attempt(warm, program, MAY_SUCCEED)
            with warm.fork() as child:
                asks = child.asks
        touched = (
            not canary.exists() or canary.read_text() != "SECRET" or len([*folder.iterdir()]) != 1
        )
    holes = [name for name, result in results.items() if result == "allowed"]
    not_prevented = [
        name
        for name, result in free.items()
        if result == "allowed" or (name == NOTICED_LATE and result.startswith(ENDED))
    ]
    if not asks:
        not_prevented.append(COUNTED_LATE)
    if "bwrap" not in isolation.layers and is_memory(Path(tempfile.gettempdir())):
        not_prevented.append(MEMORY_IN_FILES)
    if touched:
        holes.append("leave the instructor's files alone")
    return Proof(
        tuple(name for name in [*results, *free] if name not in [*holes, *not_prevented]),
        tuple(holes),
        tuple(not_prevented),
    )


def _real_files(paths: Sequence[Path]) -> dict[str, str]:
    """Attempts to read and to open for writing what really must stay out of reach.

    What does not exist is attempted too: a course's first run proves what the later ones do.
    """
    attempts = {}
    for path in paths:
        real = str(path.resolve())
        inside = f"{real}/{MADE}" if path.is_dir() else f"{real}-{MADE}"
        attempts[f"read {path.name}"] = f"read_all({real!r})"
        attempts[f"write into {path.name}"] = (
            f"os.open({real!r}, os.O_WRONLY)" if path.is_file() else f"make({inside!r})"
        )
    return attempts


@contextlib.contextmanager
def _canary_folder() -> Iterator[Path]:
    """A folder in the home folder, where a canary tells most, or else in the temporary one.

    It is locked while it is in use: an unlocked one was left by a grader that was killed, and goes.
    """
    home = Path.home()
    parent = home if os.access(home, os.W_OK) else Path(tempfile.gettempdir())
    with contextlib.ExitStack() as using:
        with _locked(parent):
            for old in parent.glob(f"{CANARY_PREFIX}*"):
                with contextlib.suppress(OSError), _locked(old, fcntl.LOCK_NB):
                    shutil.rmtree(old)
            folder = Path(
                using.enter_context(tempfile.TemporaryDirectory(prefix=CANARY_PREFIX, dir=parent))
            )
            using.enter_context(_locked(folder))
        yield folder


@contextlib.contextmanager
def _locked(folder: Path, how: int = 0) -> Iterator[None]:
    """Hold a folder's lock, which ends with this process; raises OSError with LOCK_NB if taken."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | how)
        yield
    finally:
        os.close(descriptor)


def _names(canary: Path, port: int, limits: Limits) -> str:
    values = {
        "CANARY": str(canary),
        "JUDGE": os.getpid(),
        "PORT": port,
        "MEMORY": limits.memory_bytes,
        "FILE": limits.file_bytes + 1,
        "THREADS": limits.processes + 1,
        "THREAD": CLONE_FLAGS_OF_A_THREAD,
        "FOLDER": limits.folder_bytes,
    }
    return "".join(f"{name} = {value!r}\n" for name, value in values.items())


def _attempt(
    warm: WarmProcess, program: str, attempts: dict[str, str], *, sealed: bool = False
) -> dict[str, str]:
    """Return what each attempt came to; one that ends the process gets the others a new one."""
    results: dict[str, str] = {}
    waiting = dict(attempts)
    while waiting:
        with warm.fork(sealed=sealed) as child:
            if error := child.run(program).error:  # else what never ran would count as prevented
                raise GraderFault(f"the self-test does not run: {error.kind}: {error.text}")
            while waiting and child.alive:
                name = next(iter(waiting))
                try:
                    results[name] = str(child.call("attempt", waiting.pop(name)))
                except SubmissionError as error:
                    results[name] = f"{ENDED}: {error}"
    return results
