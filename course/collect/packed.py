"""Unpacking gzip, bzip2 and xz forwards, piece by piece, in no more parts than are counted.

All three may be any number of packed files in a row. Python's readers pass over empty ones without
an end, and read the name in a header of gzip byte by byte: a few kilobytes could take an hour.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, Self

PIECE = 1 << 16


class Part(Protocol):
    """One packed file, as bz2 and lzma unpack it."""

    @property
    def eof(self) -> bool:
        """Whether its end was reached."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out before more goes in."""

    @property
    def unused_data(self) -> bytes:
        """What was found after its end."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Unpack further."""


class Gzip:
    """A `Part` of gzip."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        """Whether its end was reached."""
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        """What was found after its end."""
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Unpack further."""
        found = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        self.needs_input = len(found) < max_length and not self._inner.unconsumed_tail
        return found


MAGIC: tuple[tuple[bytes, Callable[[], Part]], ...] = (
    (b"\x1f\x8b", Gzip),
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\0", lzma.LZMADecompressor),
)


class Unpacked:
    """What a packed file holds, to be read forwards. `count` is called for each of its parts."""

    def __init__(self, place: Path, make: Callable[[], Part], count: Callable[[], None]) -> None:
        self._file = place.open("rb")
        self._make, self._count = make, count
        self._part: Part = make()
        self._place = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def tell(self) -> int:
        """How much was read."""
        return self._place

    def seek(self, place: int) -> int:
        """Go on to a place, or to the end if that comes first."""
        while self._place < place and self.read(min(PIECE, place - self._place)):
            pass
        return self._place

    def read(self, size: int) -> bytes:
        """The next so many bytes, or what is left; EOFError if the file breaks off."""
        pieces: list[bytes] = []
        while size > 0 and (piece := self._piece(size)):
            pieces.append(piece)
            size -= len(piece)
            self._place += len(piece)
        return b"".join(pieces)

    def _piece(self, most: int) -> bytes:
        while True:
            data = b""
            if self._part.eof:
                data = self._part.unused_data.lstrip(b"\0") or self._file.read(PIECE)
                if not data.strip(b"\0"):
                    return b""
                self._count()
                self._part = self._make()
            elif self._part.needs_input and not (data := self._file.read(PIECE)):
                raise EOFError
            if found := self._part.decompress(data, most):
                return found
