"""Brings the libraries of a process into memory, whole. Untrusted side, before any student's code.

A page that is still on the disk alone holds a bit: a process that is told a lab's solution could
read it or not, and the next submission would see by its own page fault which it was. Whole files,
not only what is loaded of them: a mapping can be made longer, and then shows what comes after it.
"""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

MORSEL = 1 << 20


class _Library(ctypes.Structure):
    """The head of `struct dl_phdr_info`."""

    _fields_ = (("base", ctypes.c_void_p), ("name", ctypes.c_char_p))


@cache  # no library comes later
def bring_in() -> int:
    """Read each file that is loaded as a library or as the program; return how many bytes."""
    return sum(map(_read, libraries()))


def libraries() -> set[Path]:
    """The files of the program itself and of each library that is loaded, by their real paths."""
    names: list[bytes] = []

    def note(found: ctypes._Pointer[_Library], _: int, __: int) -> int:
        names.append(found.contents.name or b"")
        return 0

    libc = ctypes.CDLL(None)
    if not hasattr(libc, "dl_iterate_phdr"):
        return set()
    kind = ctypes.CFUNCTYPE(
        ctypes.c_int, ctypes.POINTER(_Library), ctypes.c_size_t, ctypes.c_size_t
    )
    libc.dl_iterate_phdr(kind(note), None)
    files = [os.fsdecode(name) for name in names if name.startswith(b"/")]  # not the kernel's own
    return {Path(file).resolve() for file in (sys.executable, *files)}


def _read(path: Path) -> int:
    size, morsel = 0, bytearray(MORSEL)
    with suppress(FileNotFoundError), path.open("rb", buffering=0) as file:
        while count := file.readinto(morsel):
            size += count
    return size  # 0 of what has been replaced meanwhile: nobody else can open that either
