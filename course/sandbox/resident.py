"""Brings the libraries of a process into memory, whole. Untrusted side, before any student's code.

A page that is still on the disk alone holds a bit: a process that is told a lab's solution could
read it or not, and the next submission would see by its own page fault which it was. Whole files,
not only what is loaded of them: a mapping can be made longer, and then shows what comes after it.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

MORSEL = 1 << 20
RTLD_DI_LINKMAP = 2


class _Library(ctypes.Structure):
    """The head of `struct link_map`."""


_Library._fields_ = (
    *(("base", ctypes.c_void_p), ("name", ctypes.c_char_p), ("dynamic", ctypes.c_void_p)),
    ("next", ctypes.POINTER(_Library)),
)


@cache  # no library comes later
def bring_in() -> int:
    """Read each file that is loaded as a library or as the program; return how many bytes."""
    return sum(map(_read, libraries()))


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


def _read(path: Path) -> int:
    size, morsel = 0, bytearray(MORSEL)
    with suppress(FileNotFoundError), path.open("rb", buffering=0) as file:
        while count := file.readinto(morsel):
            size += count
    return size  # 0 of what has been replaced meanwhile: nobody else can open that either
