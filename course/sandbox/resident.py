"""Brings the libraries of a process into memory, whole. Untrusted side, before any student's code.

A page that is still on the disk alone holds a bit: a process that is told a lab's solution could
read it or not, and the next submission would see by its own page fault which it was.
"""

from __future__ import annotations

import ctypes
import mmap

PT_LOAD, READABLE = 1, 4


class _Segment(ctypes.Structure):
    """`ElfW(Phdr)` of 64 bits."""

    _fields_ = (
        *(("type", ctypes.c_uint32), ("flags", ctypes.c_uint32), ("offset", ctypes.c_uint64)),
        *(("address", ctypes.c_uint64), ("physical", ctypes.c_uint64)),
        *(("size", ctypes.c_uint64), ("in_memory", ctypes.c_uint64), ("align", ctypes.c_uint64)),
    )


class _Library(ctypes.Structure):
    """The head of `struct dl_phdr_info`."""

    _fields_ = (
        *(("base", ctypes.c_uint64), ("name", ctypes.c_char_p)),
        *(("segments", ctypes.POINTER(_Segment)), ("count", ctypes.c_uint16)),
    )


def bring_in() -> int:
    """Touch each page of each library that is loaded; return how many bytes that were."""
    libc = ctypes.CDLL(None)
    if ctypes.sizeof(ctypes.c_void_p) != 8 or not hasattr(libc, "dl_iterate_phdr"):
        return 0
    touched = 0

    def touch(found: ctypes._Pointer[_Library], _: int, __: int) -> int:
        nonlocal touched
        library = found.contents
        for segment in library.segments[: library.count]:
            if segment.type == PT_LOAD and segment.flags & READABLE:
                pages = (ctypes.c_char * segment.size).from_address(library.base + segment.address)
                touched += len(pages[:: mmap.PAGESIZE]) * mmap.PAGESIZE
        return 0

    kind = ctypes.CFUNCTYPE(
        ctypes.c_int, ctypes.POINTER(_Library), ctypes.c_size_t, ctypes.c_size_t
    )
    libc.dl_iterate_phdr(kind(touch), None)
    return touched
