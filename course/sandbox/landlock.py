"""Landlock: after `restrict`, the process reaches only the files it was given, for ever.

Untrusted side, called before a byte of student code runs. Landlock has no stable binding on PyPI,
hence ctypes. What it leaves open (chmod, stat, UDP, and `truncate` before ABI 3) the system-call
filter closes.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Sequence
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same number on every architecture
RULE_PATH_BENEATH = 1
ASK_VERSION = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
MAKE_CHAR, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK, MAKE_SYM = 1 << 6, 1 << 9, 1 << 10, 1 << 11, 1 << 12
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
NEVER = EXECUTE | MAKE_CHAR | MAKE_SOCK | MAKE_FIFO | MAKE_BLOCK | MAKE_SYM | REFER | IOCTL_DEV

NET_TCP = 0b11
SCOPE_SOCKETS_AND_SIGNALS = 0b11
LOG_NOTHING = 1 << 0
"""Else each refusal may be a line in the machine's log, and a submission has 170,000 a second."""
LOGS = 7
"""The ABI from which on Landlock tells the kernel's audit."""

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Return the ABI that the kernel offers, 0 when it offers none."""
    return max(0, int(_libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ASK_VERSION)))


def file_rights(abi: int) -> int:
    """Return every right over files that this ABI can take away."""
    bits = 13 if abi < 2 else 14 if abi < 3 else 15 if abi < 5 else 16
    return (1 << bits) - 1


def restrict(readable: Sequence[str], writable: Sequence[str]) -> int:
    """Confine the calling thread to these paths and return the ABI; raises OSError.

    `readable` may be read, `writable` also written (without links, devices or sockets). Network and
    signals go too, where the ABI has them. The caller has set no_new_privs.
    """
    abi = version()
    if abi < 1:
        raise OSError("the kernel has no Landlock")
    rights = file_rights(abi)
    words = [rights, NET_TCP if abi >= 4 else 0, SCOPE_SOCKETS_AND_SIGNALS if abi >= 6 else 0]
    attribute = struct.pack("=QQQ", *words)[: 8 if abi < 4 else 16 if abi < 6 else 24]
    ruleset = _call(CREATE_RULESET, attribute, ctypes.c_size_t(len(attribute)), 0)
    try:
        for path in readable:
            extra = (WRITE_FILE | TRUNCATE) if path == os.devnull else 0
            _allow(ruleset, path, (READ_FILE | READ_DIR | extra) & rights)
        for path in writable:
            _allow(ruleset, path, rights & ~NEVER)
        _call(RESTRICT_SELF, ruleset, LOG_NOTHING if abi >= LOGS else 0)
    finally:
        os.close(ruleset)
    return abi


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        allowed = rights if Path(path).is_dir() else rights & FILE_RIGHTS
        _call(ADD_RULE, ruleset, RULE_PATH_BENEATH, struct.pack("=Qi", allowed, target), 0)
    finally:
        os.close(target)


def _call(number: int, *arguments: int | bytes | ctypes.c_size_t) -> int:
    result = int(_libc.syscall(number, *arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"Landlock: {os.strerror(code)}")
    return result
