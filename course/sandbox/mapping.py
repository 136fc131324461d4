"""Lets `mmap.mmap(-1, size)` give memory although the filter refuses to share any.

Untrusted side. No process of a submission ever has a second one to share memory with: what Python
would share with nobody is the process's own, and counts as such.
"""

from __future__ import annotations

import mmap
from typing import Any, Self, cast

SHARED_OR_VALIDATED = 0x03


class Map(mmap.mmap):
    """As `mmap.mmap`, but of no file it maps memory of this process alone."""

    def __new__(
        cls,
        fileno: int,
        length: int,
        flags: int = mmap.MAP_SHARED,
        prot: int = mmap.PROT_READ | mmap.PROT_WRITE,
        access: int = mmap.ACCESS_DEFAULT,
        offset: int = 0,
        **named: Any,
    ) -> Self:
        """Map it; `access` to memory without a file only says whether it is written to."""
        if fileno == -1:
            flags = flags & ~SHARED_OR_VALIDATED | mmap.MAP_PRIVATE
            if access == mmap.ACCESS_READ:
                prot = mmap.PROT_READ
            access = mmap.ACCESS_DEFAULT
        new = cast(Any, super().__new__)  # newer Pythons take more names
        return cast(Self, new(cls, fileno, length, flags, prot, access, offset, **named))


Map.__name__ = Map.__qualname__ = "mmap"
Map.__module__ = "mmap"


def install() -> None:
    """Replace `mmap.mmap`."""
    vars(mmap)["mmap"] = Map
