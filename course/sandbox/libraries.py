"""What a process has loaded: the program and its libraries. Untrusted side."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from pathlib import Path

RTLD_DI_LINKMAP = 2


class _Library(ctypes.Structure):
    """The head of `struct link_map`."""


_Library._fields_ = (
    *(("base", ctypes.c_void_p), ("name", ctypes.c_char_p), ("dynamic", ctypes.c_void_p)),
    ("next", ctypes.POINTER(_Library)),
)


def loaded() -> Iterator[tuple[int, Path]]:
    """The file of each, by its real path, with the number that its addresses have been moved by."""
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
