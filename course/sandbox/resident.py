"""Brings the libraries of a process into memory, whole. Untrusted side, before any student's code.

A page that is still on the disk alone holds a bit: a process that is told a lab's solution could
read it or not, and the next submission would see by its own page fault which it was. Whole files,
not only what is loaded of them: a mapping can be made longer, and then shows what comes after it.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

MORSEL = 1 << 20
RTLD_DI_LINKMAP = 2
DONT_FORK, POPULATE_READ = 10, 22

_libc = ctypes.CDLL(None)
_libc.mmap.restype = ctypes.c_void_p


class _Library(ctypes.Structure):
    """The head of `struct link_map`."""


_Library._fields_ = (
    *(("base", ctypes.c_void_p), ("name", ctypes.c_char_p), ("dynamic", ctypes.c_void_p)),
    ("next", ctypes.POINTER(_Library)),
)


class _Whole(NamedTuple):
    """A file, and where all of it is mapped."""

    path: Path
    place: ctypes.c_void_p
    size: ctypes.c_size_t


def bring_in() -> int:
    """Have each file that is loaded, as a library or as the program, in memory; return its bytes.

    To be called again when it matters again: when memory runs short, what nobody uses leaves.
    """
    return sum(map(_brought_in, _mapped()))


def libraries() -> set[Path]:
    """The files of the program itself and of each library that is loaded, by their real paths."""
    return {path for _, path in loaded()}


def loaded() -> Iterator[tuple[int, Path]]:
    """The same, each with the number that its addresses have been moved by."""
    program = ctypes.CDLL(None)
    if not hasattr(program, "dlinfo"):
        return
    # dl_iterate_phdr(3) calls back, for which ctypes makes memory that can be written and run
    library = ctypes.POINTER(_Library)()
    if program.dlinfo(ctypes.c_void_p(program._handle), RTLD_DI_LINKMAP, ctypes.byref(library)):
        return
    name = os.fsencode(sys.executable)  # the first is the program, and has none
    while library:
        name = library.contents.name or name
        if name.startswith(b"/"):  # not the kernel's own
            yield library.contents.base or 0, Path(os.fsdecode(name)).resolve()
        name, library = b"", library.contents.next


@cache  # no library comes later
def _mapped() -> tuple[_Whole, ...]:
    return tuple(whole for path in libraries() for whole in _map(path))


def _map(path: Path) -> Iterator[_Whole]:
    """Map it, and not for children; nothing of what has been replaced: nobody else can open it."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        size = ctypes.c_size_t(os.fstat(file.fileno()).st_size)
        how = mmap.PROT_READ, mmap.MAP_PRIVATE, file.fileno(), ctypes.c_long(0)
        place = ctypes.c_void_p(_libc.mmap(None, size, *how))
        _libc.madvise(place, size, DONT_FORK)
        yield _Whole(path, place, size)


def _brought_in(whole: _Whole) -> int:
    if _libc.madvise(whole.place, whole.size, POPULATE_READ):  # before Linux 5.14
        return _read(whole.path)
    return whole.size.value


def _read(path: Path) -> int:
    size, morsel = 0, bytearray(MORSEL)
    with suppress(FileNotFoundError), path.open("rb", buffering=0) as file:
        while count := file.readinto(morsel):
            size += count
    return size
