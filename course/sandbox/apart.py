"""Gives a process a copy of the code that it has loaded. Untrusted side, before any student's code.

What lies in a library's file is in memory once, for all processes that map it: an instruction that
puts a line of it out of the caches does so for everybody who runs it, and honest calls take eight
times their CPU time. No filter sees that instruction, and no machine code has to be made for it:
OpenSSL, which Python loads, has one that can be jumped to. So submissions that are graded side by
side have nothing in common that they run, but for modules that hardly any notebook imports. One
that is lent a solution has a copy of everything.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from course.sandbox import libraries

HEADER = struct.Struct("=4sB27xQ14xHH")
"""Of an ELF file: what it is, its class, where its segments are listed, their size and number."""
SEGMENT = struct.Struct("=II8xQ8xQ16x")
"""Type, flags, address, size."""
MAGIC, OF_64_BITS, LOADED = b"\x7fELF", 2, 1
EXECUTABLE, WRITABLE = 1, 2
PAGE = mmap.PAGESIZE

_libc = ctypes.CDLL(None, use_errno=True)


def take_code() -> int:
    """Copy what is loaded by now and not to be written to; return how many bytes."""
    return _taken(lambda flags: not flags & WRITABLE)  # what is, is the process's own already


@cache  # no library comes later
def take_all() -> int:
    """Copy all that is loaded, data that was written to, too: no page is a file's any more.

    Such a page may have been put out of memory, by whoever reads much, and would be read again by
    whoever touches it: a bit for the next one who does. Data that was made read-only is not, then.
    """
    return _taken(lambda flags: True)


def _taken(wanted: Callable[[int], bool]) -> int:
    return sum(
        _copied(base + start, size, flags)
        for base, path in libraries.loaded()
        for start, size, flags in _segments(path)
        if wanted(flags)
    )


def _segments(path: Path) -> Iterator[tuple[int, int, int]]:
    """What is loaded of a file, in whole pages: where, how much, and its flags."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        magic, bits, place, size, count = HEADER.unpack(file.read(HEADER.size))
        if (magic, bits, size) != (MAGIC, OF_64_BITS, SEGMENT.size):
            return
        file.seek(place)
        for kind, flags, start, length in SEGMENT.iter_unpack(file.read(count * size)):
            if kind == LOADED:
                first, end = start // PAGE * PAGE, -(-(start + length) // PAGE) * PAGE
                yield first, end - first, flags


def _copied(start: int, size: int, flags: int) -> int:
    """Have these pages copied, by writing to each what it holds; 0 where that is forbidden."""
    usual = mmap.PROT_READ | (mmap.PROT_EXEC if flags & EXECUTABLE else 0)
    usual |= mmap.PROT_WRITE if flags & WRITABLE else 0
    whole = ctypes.c_void_p(start), ctypes.c_size_t(size)
    if _libc.mprotect(*whole, usual | mmap.PROT_WRITE):
        return 0
    memory = (ctypes.c_ubyte * size).from_address(start)
    for place in range(0, size, PAGE):
        memory[place] = memory[place]
    if _libc.mprotect(*whole, usual):
        code = ctypes.get_errno()
        raise OSError(code, f"mprotect: {os.strerror(code)}")
    return size
