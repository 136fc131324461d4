"""What a process gives up before it runs student code. Untrusted side; every failure is raised.

The order matters: limits first, then files (Landlock), last the system-call filter, which refuses
the calls that the steps before it need.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
from collections.abc import Sequence

from course.sandbox.limits import Limits

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP = 1, 4, 22
PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_SET_THP_DISABLE = 24, 38, 41
SECCOMP_MODE_FILTER = 2
SECCOMP_SET_MODE_FILTER, NEW_LISTENER = 1, 1 << 3
CAPABILITY_VERSION_3 = 0x20080522
LAST_CAPABILITY = 63
ABOVE_THE_JUDGES = 4
"""How many times what the judge allows the kernel lets be: the judge decides, the same for all."""

_libc = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, *values: int) -> int:
    """Set an attribute of this process; raises OSError."""
    arguments = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    return _checked(_libc.prctl(option, *arguments), f"prctl {option}")


def give_up_privileges() -> None:
    """Drop every capability for ever, and hide the process's memory from the same user's others."""
    if not sys.platform.startswith("linux"):
        return
    if os.geteuid() == 0:
        for capability in range(LAST_CAPABILITY + 1):
            _libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0)
    header = struct.pack("=Ii", CAPABILITY_VERSION_3, 0)
    _checked(_libc.capset(header, bytes(24)), "capset")
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_DUMPABLE, 0)


def die_with_parent() -> None:
    """Have the kernel kill this process when the one that forked it ends."""
    if sys.platform.startswith("linux"):
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def take_small_pages() -> None:
    """Have memory come in pages of the usual size.

    Of a page of two MiB that was unmapped but for its first few bytes only these count, and until
    the machine is short of memory all of it stays.
    """
    if sys.platform.startswith("linux"):
        prctl(PR_SET_THP_DISABLE, 1)


def most_cpu(limits: Limits) -> int:
    """CPU seconds that the kernel lets a process use: what the judge does, for cells and checks."""
    return int(2 * (limits.submission_cpu + limits.grace_cpu)) + 2


def set_limits(limits: Limits, *, count_processes: bool) -> None:
    """Set the kernel's limits, soft and hard.

    `count_processes` only inside a user namespace: elsewhere the kernel counts all processes of the
    user, and a full desktop would leave the submission none. There it may take what is free, but
    for a quarter of all that the user may have: others must be able to start theirs. (The kernel
    counts nothing of root's; in every tier the judge counts threads and ends whoever has too many.)
    No signal may be queued: the kernel sets aside one for each POSIX timer, of a store that all
    processes of the user share.
    """
    cpu = most_cpu(limits)  # pid 1 ignores SIGXCPU: the hard limit, a SIGKILL, follows
    ceilings = {
        resource.RLIMIT_CPU: (cpu, cpu + 1),
        resource.RLIMIT_AS: (limits.memory_bytes,) * 2,
        resource.RLIMIT_FSIZE: (limits.file_bytes,) * 2,
        resource.RLIMIT_NOFILE: (limits.open_files,) * 2,
        resource.RLIMIT_CORE: (0, 0),
    }
    if hasattr(resource, "RLIMIT_SIGPENDING"):
        ceilings[resource.RLIMIT_SIGPENDING] = (0, 0)
    most = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    if count_processes:
        ceilings[resource.RLIMIT_NPROC] = (ABOVE_THE_JUDGES * limits.processes,) * 2
    elif most != resource.RLIM_INFINITY:
        ceilings[resource.RLIMIT_NPROC] = (most - most // 4,) * 2
    for kind, (soft, hard) in ceilings.items():
        allowed = resource.getrlimit(kind)[1]
        if allowed != resource.RLIM_INFINITY:
            soft, hard = min(soft, allowed), min(hard, allowed)
        resource.setrlimit(kind, (soft, hard))


def filter_system_calls(programs: Sequence[bytes]) -> None:
    """Install compiled BPF programs: the last word on what this process may ask of the kernel."""
    for program in programs:
        code = ctypes.create_string_buffer(program, len(program))
        header = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
        _checked(
            _libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(SECCOMP_MODE_FILTER), header, 0, 0),
            "seccomp",
        )


def ask(program: bytes, call: int) -> int | None:
    """Have each thread that makes something wait until whoever holds the descriptor lets it.

    `call` is the number of seccomp(2). None where the kernel cannot do that, or where somebody who
    confines this whole machine already does.
    """
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    mode, flags = ctypes.c_ulong(SECCOMP_SET_MODE_FILTER), ctypes.c_ulong(NEW_LISTENER)
    listener = _libc.syscall(ctypes.c_long(call), mode, flags, header)
    return None if listener < 0 else int(listener)


def take_words_back(calls: Sequence[int]) -> None:
    """Have the kernel wake nobody at a word of this process's memory when it ends.

    Each call with nothing for an address; after a fork libc has given it one again.
    """
    head = ctypes.c_size_t(3 * ctypes.sizeof(ctypes.c_long))  # the size that one of them asks for
    for call in calls:
        _checked(_libc.syscall(ctypes.c_long(call), None, head), f"system call {call}")


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result
