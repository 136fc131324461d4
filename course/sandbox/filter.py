"""The system-call filter: refuses what `calls` lists.

Trusted side: the judge compiles it once with pyseccomp, which knows the numbers of every
architecture, and hands the programs to the sandbox as bytes, so that libseccomp need not be visible
in there.
"""

from __future__ import annotations

import base64
import errno
import struct
import sys
import tempfile
from collections.abc import Iterable
from functools import cache
from typing import Any

import pyseccomp as seccomp

from course.sandbox import calls

ASK = 0x7FC00000
"""SECCOMP_RET_USER_NOTIF, which weighs less than any refusal."""
LOW_WORD = 0xFFFFFFFF


def to_install() -> dict[str, Any]:
    """What a warm process needs to install them in its children, as JSON carries it."""
    programs = {
        "filters": compile_filters(),
        "seal": (compile_seal(),),
        "asking": (compile_asking(),),
    }
    made: dict[str, Any] = {
        name: [base64.b64encode(each).decode() for each in each_of]
        for name, each_of in programs.items()
    }
    [number] = _numbers(["seccomp"])
    return {**made, "words": _numbers(calls.WORDS), "seccomp": number}


@cache
def compile_filters() -> tuple[bytes, ...]:
    """Return the BPF programs that a child installs, in order."""
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    refuse = seccomp.ERRNO(errno.EPERM)
    for call in calls.DENIED:
        _add(rules, refuse, call)
    for name in calls.NOT_IMPLEMENTED:
        _add(rules, seccomp.ERRNO(errno.ENOSYS), name)
    for call in calls.NOT_SUPPORTED:
        _add(rules, seccomp.ERRNO(errno.EOPNOTSUPP), call)
    _add_conditional(rules, refuse)
    return _refuse_unlisted(), _compiled(rules)  # the second one forbids installing more


@cache
def compile_asking() -> bytes:
    """Return the program with which each new thread is asked for; refused ones are not."""
    load, jump_if_equal, give = 0x20, 0x15, 0x06
    clone = seccomp.resolve_syscall(seccomp.system_arch(), "clone")
    return _assembled(
        (load, 0, 0, 0),  # the call's number
        (jump_if_equal, 0, 1, clone),
        (give, 0, 0, ASK),
        (give, 0, 0, seccomp.ALLOW),
    )


@cache
def compile_seal() -> bytes:
    """Return the program that keeps what a process knows in it: for one that holds a solution.

    It finds no file, and meets no other process: not at a page of a library that both have mapped,
    and in no count that the kernel keeps.
    """
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    for call in calls.BY_NAME:
        _add(rules, seccomp.ERRNO(errno.EACCES), call)
    refuse = seccomp.ERRNO(errno.EPERM)
    for call in calls.BY_MEETING:
        _add(rules, refuse, call)
    _add(rules, refuse, "futex", seccomp.Arg(1, seccomp.MASKED_EQ, calls.FUTEX_PRIVATE, 0))
    _add(rules, refuse, "madvise", seccomp.Arg(2, seccomp.MASKED_EQ, LOW_WORD, calls.MADV_HUGEPAGE))
    return _compiled(rules)


def _numbers(names: Iterable[str]) -> list[int]:
    """The numbers of system calls on this architecture."""
    return [seccomp.resolve_syscall(seccomp.system_arch(), name) for name in names]


def _compiled(rules: seccomp.SyscallFilter) -> bytes:
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _add_conditional(rules: seccomp.SyscallFilter, refuse: int) -> None:
    """Refuse calls by their arguments; only the low word counts where the kernel reads an int."""
    arg, masked = seccomp.Arg, seccomp.MASKED_EQ
    for flag in (calls.CLONE_THREAD, calls.CLONE_FILES):
        _add(rules, refuse, "clone", arg(0, masked, flag, 0))
    unshare = calls.CLOSE_RANGE_UNSHARE
    _add(rules, refuse, calls.CLOSE_RANGE, arg(2, masked, unshare, unshare))
    ways, emptying = calls.ACCESS_AND_TRUNCATE, calls.TRUNCATE_ONLY
    for name, place in (("open", 1), ("openat", 2)):  # O_TRUNC without write access empties files
        _add(rules, refuse, name, arg(place, masked, ways, emptying))
    for option in calls.OPTIONS:
        _add(rules, refuse, "prctl", arg(0, masked, LOW_WORD, option))
    _add(rules, refuse, "prctl", arg(0, seccomp.GE, calls.PR_FIRST_UNKNOWN))
    for command in calls.COMMANDS:
        _add(rules, refuse, "fcntl", arg(1, masked, LOW_WORD, command))
    _add(rules, seccomp.ERRNO(0), "flock")
    for command in calls.TAKE_LOCKS:
        _add(rules, seccomp.ERRNO(0), "fcntl", arg(1, masked, LOW_WORD, command))
    _add(rules, refuse, "fcntl", arg(1, seccomp.GE, calls.F_FIRST_UNKNOWN))
    for flags in (calls.MAP_HUGETLB, calls.MAP_SHARED_ANONYMOUS):
        _add(rules, refuse, "mmap", arg(3, masked, flags, flags))
    _add(rules, refuse, "get_mempolicy", arg(4, masked, calls.MPOL_F_ADDR, calls.MPOL_F_ADDR))
    for advice in calls.ADVICE:
        _add(rules, refuse, "madvise", arg(2, masked, LOW_WORD, advice))
    for name in ("clock_gettime", "clock_getres", "clock_nanosleep", "timer_create"):
        _add(rules, refuse, name, arg(0, masked, calls.ANOTHERS_CLOCK, calls.ANOTHERS_CLOCK))
    _add(rules, refuse, "socketpair", arg(0, seccomp.NE, calls.AF_UNIX))
    for kind in (calls.SOCK_DGRAM, calls.SOCK_RAW, calls.SOCK_SEQPACKET):
        _add(rules, refuse, "socketpair", arg(1, masked, calls.SOCK_TYPE, kind))
    for name, place in (("sendto", 3), ("recvfrom", 3), ("recvmsg", 2), ("recvmmsg", 3)):
        _add(rules, refuse, name, arg(place, masked, calls.MSG_OOB, calls.MSG_OOB))
    _add(rules, refuse, "prlimit64", arg(0, seccomp.NE, 0))  # its own limits only, and those
    # are to be read: a lowered one on CPU time is a SIGKILL that looks as if it came from outside
    _add(rules, refuse, "prlimit64", arg(2, seccomp.NE, 0))


def _add(
    rules: seccomp.SyscallFilter, action: int, call: str | int, *arguments: seccomp.Arg
) -> None:
    if isinstance(call, str) and not _exists(call):
        return
    rules.add_rule(action, call, *arguments)


def _exists(name: str) -> bool:
    """Tell whether this architecture has the call and libseccomp knows it."""
    try:
        return seccomp.resolve_syscall(seccomp.system_arch(), name) >= 0
    except (OSError, ValueError):
        return False


def _refuse_unlisted() -> bytes:
    """ENOSYS for calls above the newest known one, EPERM for ioctls that are not listed.

    libseccomp can say neither. Jumps count the instructions that they pass over.
    """
    load, jump_if_greater, jump_if_equal, give = 0x20, 0x25, 0x15, 0x06
    request = 24 if sys.byteorder == "little" else 28  # the low word of the second argument
    ioctl = seccomp.resolve_syscall(seccomp.system_arch(), "ioctl")
    listed = [
        (jump_if_equal, len(calls.IOCTLS) - at, 0, each) for at, each in enumerate(calls.IOCTLS)
    ]
    return _assembled(
        (load, 0, 0, 0),  # the call's number
        (jump_if_greater, 0, 1, calls.NEWEST_KNOWN),
        (give, 0, 0, seccomp.ERRNO(errno.ENOSYS)),
        (jump_if_equal, 0, len(calls.IOCTLS) + 2, ioctl),
        (load, 0, 0, request),
        *listed,
        (give, 0, 0, seccomp.ERRNO(errno.EPERM)),
        (give, 0, 0, seccomp.ALLOW),
    )


def _assembled(*program: tuple[int, int, int, int]) -> bytes:
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
