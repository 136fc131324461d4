"""How many pixels a pasted picture claims to have: by its header alone, nothing is decoded.

A reader's browser makes room for all of them, however few bytes they take, and it looks at the
bytes alone, whatever kind they are said to be. Of drawings (SVG) nobody can say how much work they
are: two thousand characters of one can be a hundred million rectangles.
"""

from __future__ import annotations

import binascii
import re
import struct
from base64 import b64decode

from course.sandbox.budget import MOST_PIXELS, PNG_SIZE
from course.sandbox.claims import PNG_SIGNATURE

MOST_OF_A_PAGE = 2 * MOST_PIXELS
_SOURCE = re.compile(r' src="(data:[^"]*)"')
_PASTED = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,([A-Za-z0-9+/=\s]+)")
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # of JPEG: the parts that hold a size


def is_modest(src: str) -> bool:
    """Whether an address is a picture of a known kind that no browser minds."""
    return _pixels(src) <= MOST_PIXELS


class Room:
    """For the pixels of all pictures that stand in one page: forty bytes may be millions."""

    def __init__(self) -> None:
        self.left = MOST_OF_A_PAGE

    def fitted(self, html: str) -> str:
        """Cleaned HTML in which the pictures for which there is no room are left to their words."""
        return _SOURCE.sub(self._source, html)

    def _source(self, found: re.Match[str]) -> str:
        pixels = _pixels(found[1])
        if pixels > self.left:
            return ""
        self.left -= pixels
        return found[0]


def _pixels(src: str) -> int:
    """How many pixels a picture of a known kind says it has; of anything else, too many."""
    pasted = _PASTED.fullmatch(src)
    if pasted is None:
        return MOST_PIXELS + 1
    try:
        width, height = _size(b64decode(pasted[1]))
    except (binascii.Error, ValueError, struct.error, IndexError):
        return MOST_PIXELS + 1
    return width * height


def _size(data: bytes) -> tuple[int, int]:
    """Width and height; ValueError, struct.error or IndexError for what is none of the four."""
    if data.startswith(PNG_SIGNATURE):
        _, width, height = PNG_SIZE.unpack_from(data)
        return int(width), int(height)
    if data.startswith((b"GIF87a", b"GIF89a")):
        return _of_gif(data)
    if data.startswith(b"\xff\xd8\xff"):
        return _of_jpeg(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _of_webp(data)
    raise ValueError("no picture")


def _of_gif(data: bytes) -> tuple[int, int]:
    """Its screen, or the first frame where that is larger."""
    place = 13 + (3 * 2 ** ((data[10] & 7) + 1) if data[10] & 0x80 else 0)
    while data[place] == 0x21:  # an extension, in blocks
        place += 2
        while data[place]:
            place += data[place] + 1
        place += 1
    sizes = struct.unpack_from("<2H", data, 6), struct.unpack_from("<2H", data, place + 5)
    width, height = (max(each) for each in zip(*sizes, strict=True))
    return width, height


def _of_jpeg(data: bytes) -> tuple[int, int]:
    place = 2
    while data[place] == 0xFF:
        kind = data[place + 1]
        if kind in _FRAMES:
            height, width = struct.unpack_from(">2H", data, place + 5)
            return int(width), int(height)
        place += 2 + struct.unpack_from(">H", data, place + 2)[0]
    raise ValueError("no size")


def _of_webp(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
        return width, height
    if kind == b"VP8L":
        bits = int(struct.unpack_from("<I", data, 21)[0])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<2H", data, 26)
        return int(width & 0x3FFF), int(height & 0x3FFF)
    raise ValueError("no size")
