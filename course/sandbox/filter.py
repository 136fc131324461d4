"""The system-call filter: what `calls` allows, as programs that the kernel runs.

Trusted side: the judge compiles it once with pyseccomp, which knows the numbers of every
architecture, and hands the programs to the sandbox as bytes, so that libseccomp need not be visible
in there. libseccomp writes what goes by flags, and ends a process that calls as another
architecture does; it has no words for lists of numbers, so these are put together here.
"""

from __future__ import annotations

import base64
import errno
import struct
import sys
import tempfile
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import pyseccomp as seccomp

from course.sandbox import calls

ASK = 0x7FC00000
"""SECCOMP_RET_USER_NOTIF, which weighs less than any refusal."""
LOW_WORD = 0xFFFFFFFF
ALLOW, NOT_PERMITTED, DONE = seccomp.ALLOW, seccomp.ERRNO(errno.EPERM), seccomp.ERRNO(0)
LOAD, MASK, GIVE = 0x20, 0x54, 0x06
IF_EQUAL, IF_GREATER, IF_AT_LEAST, IF_ANY_BIT = 0x15, 0x25, 0x35, 0x45
"""Instructions of BPF; the jumps count the instructions that they pass over."""

Program = list[tuple[int, int, int, int]]


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
    seccomp_call, thread = numbers(["seccomp", calls.THREAD])
    return {**made, "words": numbers(calls.WORDS), "seccomp": seccomp_call, "thread": thread}


@cache
def compile_filters() -> tuple[bytes, ...]:
    """Return the BPF programs that a child installs, in order: the last one forbids any more."""
    return _by_flags(), _assembled([*_by_request(), *_by_number()])


@cache
def compile_asking() -> bytes:
    """Return the program with which threads and files are asked for; refused ones are not."""
    program: Program = [(LOAD, 0, 0, 0)]  # the call's number
    for number in numbers(calls.ASKED):
        program += [(IF_EQUAL, 0, 1, number), (GIVE, 0, 0, ASK)]
    for name, place in calls.OPENS:
        for number in numbers([name]):
            program += [
                (IF_EQUAL, 0, 4, number),
                (LOAD, 0, 0, _low_word(place)),
                (IF_ANY_BIT, 0, 1, calls.CREATE | calls.CREATE_WITHOUT_NAME),
                (GIVE, 0, 0, ASK),
                (GIVE, 0, 0, ALLOW),
            ]
    return _assembled([*program, (GIVE, 0, 0, ALLOW)])


@cache
def compile_seal() -> bytes:
    """Return the program that keeps what a process knows in it: for one that holds a solution.

    It finds no file, and meets no other process: not at a page of a library that both have mapped,
    and in no count that the kernel keeps.
    """
    rules = seccomp.SyscallFilter(ALLOW)
    for name in calls.BY_NAME:
        _add(rules, name, action=seccomp.ERRNO(errno.EACCES))
    for name in calls.BY_MEETING:
        _add(rules, name)
    _add(rules, "futex", seccomp.Arg(1, seccomp.MASKED_EQ, calls.FUTEX_PRIVATE, 0))
    for command in (*calls.SEE_LOCKS, *calls.DUPLICATES):
        _add(rules, "fcntl", seccomp.Arg(1, seccomp.MASKED_EQ, LOW_WORD, command))
    for name in calls.BY_MAPPINGS:
        _add(rules, name)
    return _compiled(rules)


def _by_flags() -> bytes:
    """Refuse calls by their arguments; only the low word counts where the kernel reads an int."""
    rules = seccomp.SyscallFilter(ALLOW)
    arg, masked = seccomp.Arg, seccomp.MASKED_EQ
    for flag in (calls.CLONE_THREAD, calls.CLONE_FILES):
        _add(rules, "clone", arg(0, masked, flag, 0))
    for flag in (calls.CLONE_VFORK, calls.CLONE_PIDFD):
        _add(rules, "clone", arg(0, masked, flag, flag))
    unshare = calls.CLOSE_RANGE_UNSHARE
    _add(rules, "close_range", arg(2, masked, unshare, unshare))
    ways, emptying = calls.ACCESS_AND_TRUNCATE, calls.TRUNCATE_ONLY
    neither = calls.NEITHER_READ_NOR_WRITE
    for name, place in calls.OPENS:  # O_TRUNC without write access empties files
        _add(rules, name, arg(place, masked, ways, emptying))
        _add(rules, name, arg(place, masked, neither, neither))
    whiteout = calls.RENAME_WHITEOUT
    _add(rules, "renameat2", arg(4, masked, whiteout, whiteout))
    for flags in (calls.MAP_HUGETLB, calls.MAP_SHARED_ANONYMOUS):
        _add(rules, "mmap", arg(3, masked, flags, flags))
    for name, place in calls.PROTECTS:
        _add(rules, name, arg(place, masked, calls.PROT_EXEC, calls.PROT_EXEC))
    for name in ("clock_gettime", "clock_getres", "clock_nanosleep", "timer_create"):
        _add(rules, name, arg(0, masked, calls.ANOTHERS_CLOCK, calls.ANOTHERS_CLOCK))
    _add(rules, "socketpair", arg(0, seccomp.NE, calls.AF_UNIX))
    for kind in (calls.SOCK_DGRAM, calls.SOCK_RAW, calls.SOCK_SEQPACKET):
        _add(rules, "socketpair", arg(1, masked, calls.SOCK_TYPE, kind))
    for name, place in (("sendto", 3), ("recvfrom", 3), ("recvmsg", 2)):
        _add(rules, name, arg(place, masked, calls.MSG_OOB, calls.MSG_OOB))
    for name, place in calls.OF_A_PROCESS:
        _add(rules, name, arg(place, seccomp.NE, 0))
    _add(rules, "prlimit64", arg(0, seccomp.NE, 0))  # its own limits only, and those
    # are to be read: a lowered one on CPU time is a SIGKILL that looks as if it came from outside
    _add(rules, "prlimit64", arg(2, seccomp.NE, 0))
    return _compiled(rules)


def _by_request() -> Program:
    """Let calls be made for what is listed and nothing else; where they are not these, go on."""
    granted = dict.fromkeys(calls.TAKE_LOCKS, DONE)
    return [
        (LOAD, 0, 0, 0),  # the call's number
        *_asked_for("ioctl", 1, calls.IOCTLS),
        *_asked_for("fcntl", 1, calls.COMMANDS, granted),
        *_asked_for("prctl", 0, calls.OPTIONS, {calls.PR_SET_NAME: DONE}),
        *_asked_for("madvise", 2, calls.ADVICE),
        *_asked_for("getsockopt", 2, calls.SOCKET_OPTIONS),
        *_asked_for("futex", 1, calls.FUTEX_WAITS, mask=calls.FUTEX_COMMAND),
    ]


def _asked_for(
    name: str,
    place: int,
    listed: Iterable[int],
    others: dict[int, int] | None = None,
    *,
    mask: int = LOW_WORD,
) -> Program:
    """Of one call: what the low word of an argument may be."""
    [number] = numbers([name])
    given: Program = [(LOAD, 0, 0, _low_word(place)), (MASK, 0, 0, mask)]
    for value, action in {**dict.fromkeys(listed, ALLOW), **(others or {})}.items():
        given += [(IF_EQUAL, 0, 1, value), (GIVE, 0, 0, action)]
    given.append((GIVE, 0, 0, NOT_PERMITTED))
    return [(IF_EQUAL, 0, len(given), number), *given]


def _low_word(place: int) -> int:
    """Where the low word of an argument lies in what a program sees of a call."""
    return 16 + 8 * place + (0 if sys.byteorder == "little" else 4)


def _by_number() -> Program:
    """Tell by the call alone; what is in no list is not implemented."""
    actions = {
        **dict.fromkeys(numbers(calls.ALLOWED), ALLOW),
        **dict.fromkeys(numbers(calls.REFUSED), NOT_PERMITTED),
        **dict.fromkeys(numbers(calls.NOT_SUPPORTED), seccomp.ERRNO(errno.EOPNOTSUPP)),
        **dict.fromkeys(numbers(calls.GRANTED), DONE),
    }
    unknown = (GIVE, 0, 0, seccomp.ERRNO(errno.ENOSYS))
    program: Program = []
    for first, last in _ranges(actions):
        program += [(IF_AT_LEAST, 1, 0, first), unknown]
        program += [(IF_GREATER, 1, 0, last), (GIVE, 0, 0, actions[first])]
    return [*program, unknown]


def _ranges(actions: dict[int, int]) -> Iterable[tuple[int, int]]:
    """Numbers in a row that are treated alike, in order: the first and the last of each."""
    first = None
    for number in sorted(actions):
        first = number if first is None else first
        if actions.get(number + 1) != actions[number]:
            yield first, number
            first = None


def numbers(names: Iterable[str]) -> list[int]:
    """The numbers of those system calls that this architecture has and libseccomp knows."""
    found = []
    for name in names:
        try:
            number = seccomp.resolve_syscall(seccomp.system_arch(), name)
        except (OSError, ValueError):
            continue
        if number >= 0:
            found.append(number)
    return found


def _add(
    rules: seccomp.SyscallFilter,
    name: str,
    *arguments: seccomp.Arg,
    action: int = NOT_PERMITTED,
) -> None:
    """Refuse a call, if there is one of this name."""
    if numbers([name]):
        rules.add_rule(action, name, *arguments)


def _compiled(rules: seccomp.SyscallFilter) -> bytes:
    """As bytes. Whoever calls as another architecture does is ended whole.

    The kernel logs each end: of single threads, a submission could have ten thousand in a second.
    """
    rules.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.KILL_PROCESS)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _assembled(program: Sequence[tuple[int, int, int, int]]) -> bytes:
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
