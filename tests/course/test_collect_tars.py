"""Packed tars: in several parts, with endless headers, with names and sizes that lie."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import struct
import tarfile
import tracemalloc
import zlib
from dataclasses import replace
from time import process_time

import pytest
from spools import SMALL, Take, open_spool, problems, taken, tarred

from course.collect.intake import Caps

take = pytest.fixture(open_spool)


PACKERS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


@pytest.mark.parametrize("kind", PACKERS)
def test_a_tar_may_be_packed_in_several_parts(kind: str, take: Take) -> None:
    plain = tarred(
        *((f"{n}.ipynb", tarfile.REGTYPE, b"%d" % n * 9_000) for n in range(9)), mode="w"
    )
    parts = [PACKERS[kind](plain[at : at + 20_000]) for at in range(0, len(plain), 20_000)]
    found = take(f"x.tar.{kind}", b"".join([*parts, bytes(100)]), Caps())
    assert taken(found) == {f"{n}.ipynb": b"%d" % n * 9_000 for n in range(9)}


@pytest.mark.parametrize("kind", PACKERS)
def test_a_tar_packed_in_parts_without_an_end_is_left(kind: str, take: Take) -> None:
    start = process_time()
    [one] = take(f"x.tar.{kind}", PACKERS[kind](b"") * 300_000, replace(SMALL, files=1_000))
    assert "more than 1000 files" in one.problem
    assert process_time() - start < 0.5


def test_an_endless_name_in_a_header_of_gzip_takes_little_time(take: Take) -> None:
    start = process_time()
    [one] = take("x.tar.gz", b"\x1f\x8b\x08\x08" + b"\0" * 5 + b"\xff" + b"a" * (20 << 20))
    assert "damaged" in one.problem
    assert process_time() - start < 0.5


def header(name: str, size: int = 0, kind: bytes = tarfile.REGTYPE) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.type = max(0, size), kind
    raw = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    if size < 0:
        raw[124:136] = b"\xff" * 4 + struct.pack(">q", size)
        raw[148:156] = b" " * 8
        raw[148:156] = b"%06o\0 " % sum(raw)
    return bytes(raw)


def gzipped(*parts: tuple[bytes, int]) -> bytes:
    """So many of each part, one after another, packed as they are made."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = [packer.compress(part) for part, times in parts for _ in range(times)]
    return b"".join([*packed, packer.flush()])


def said(count: int, kind: bytes = tarfile.XHDTYPE) -> bytes:
    """A header that says so many different things of the next file."""
    lines = b"".join(b"8 %03x=1\n" % number for number in range(count))
    return header("n", len(lines), kind) + lines.ljust(-len(lines) % 512 + len(lines), b"\0")


def said_of_all(count: int) -> bytes:
    """The same of all files that follow."""
    return said(count, tarfile.XGLTYPE)


MEGABYTE = b"1" * (1 << 20)
LONG_NAME = header("././@LongLink", 5, tarfile.GNUTYPE_LONGNAME) + b"abcd".ljust(512, b"\0")
TARS = {
    "folders without end": (gzipped((header("d/", 0, tarfile.DIRTYPE) * 2000, 100)), "20 files"),
    "a name of megabytes": (
        gzipped((header("n", 4 << 20, tarfile.GNUTYPE_LONGNAME), 1), (MEGABYTE, 4)),
        "a header in it is too long",
    ),
    "a header of megabytes": (
        gzipped((header("n", 4 << 20, tarfile.XHDTYPE), 1), (MEGABYTE, 4)),
        "a header in it is too long",
    ),
    "a header of digits": (
        gzipped((header("n", 8000, tarfile.XHDTYPE) + MEGABYTE[:8192], 1)),
        "damaged .ReadError",
    ),
    "names of names": (gzipped((LONG_NAME, 3000)), "damaged .RecursionError"),
    "a device without end": (
        gzipped((header("z", 1 << 32, tarfile.CHRTYPE), 1), (header("a.ipynb"), 1)),
        "no ordinary file",
    ),
    "much that is said of all files": (
        gzipped((said_of_all(200), 1), (header("a.ipynb"), 10)),
        "say too much of all files",
    ),
    "long headers without end": (
        gzipped((said(900) + header("a.ipynb"), 10)),
        "20 files",
    ),
    "smaller than nothing": (
        gzipped((header("a.ipynb", -1) + bytes(1024), 1)),
        "than nothing|damaged .ReadError",  # which newer versions of Python say by themselves
    ),
}


@pytest.mark.parametrize("name", TARS)
def test_a_tars_headers_are_bounded(name: str, take: Take) -> None:
    content, words = TARS[name]
    found = problems(take("x.tar.gz", content)).values()
    assert any(re.search(words, each) for each in found)


def test_what_a_tar_says_of_its_files_is_not_kept(take: Take) -> None:
    content = gzipped((said(60) + header("a.ipynb"), 700))
    tracemalloc.start()
    found = take("x.tar.gz", content, replace(SMALL, files=2000, ratio=1 << 20))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(taken(found)) == 1  # they are all called alike
    assert len(found) == 700
    assert most < 2 << 20
