"""Opening zips and tars that strangers made: every entry becomes a file of ours or a reason.

An entry's name is only ever a label. Its content is copied into the spool under a name of ours,
bounded in size, in sum and in ratio; links, devices, encrypted and damaged entries are refused one
by one. What an archive says about itself is bounded, too: tarfile and zipfile take its word for the
length of a name and read a list of contents whole, before anything could be refused.
"""

from __future__ import annotations

import lzma
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from course.collect.intake import (
    Arrived,
    Caps,
    Entries,
    Intake,
    TooMuch,
    checked,
    is_archive,
    text_of,
)
from course.collect.packed import MAGIC, Unpacked

_DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    IndexError,
    struct.error,
    RecursionError,
    MemoryError,
)
_MAX_NAME = 1000
_MAX_FOLDERS = 30  # one in another: each may be somebody's name, and there may be 50,000 such files
_LONGEST_HEADER = 1 << 13  # of a tar, bytes
_MOST_SAID_OF_ALL = 100  # in global headers of a tar, which tarfile copies for each file
# in what zipfile knows of a zip's end: how long the list is, and where it ends
_SIZE, _LOCATION = 5, 9
_LONG_END = 56 + 20  # bytes that stand between list and end if the zip is a long one
_ENTRY = b"PK\x01\x02"  # begins each line of a zip's list


def opened(
    intake: Intake, place: Path, path: str, depth: int = 1, parts: int = 1, entries: Entries = ()
) -> Iterator[Arrived]:
    """The files of an archive that lies at `place`; their paths begin with `path`.

    It may take one of so many `parts` of what is left. `entries` led to it.
    """
    label = path or intake.source
    if depth > intake.caps.depth:
        yield intake.refused(label, f"it lies {depth} archives deep: unpack it yourself")
        return
    try:
        with intake.shared(parts):
            reader = _zip if zipfile.is_zipfile(place) else _tar
            yield from reader(intake, place, path, depth, entries)
    except TooMuch as error:
        yield intake.refused(label, f"{error}; what follows in it was not read")
    except _DAMAGED as error:
        yield intake.refused(label, f"it is no archive, or damaged ({type(error).__name__})")


def _zip(intake: Intake, place: Path, path: str, depth: int, entries: Entries) -> Iterator[Arrived]:
    _refuse_endless_list(place, intake.caps)
    with zipfile.ZipFile(place) as archive:
        for info in archive.infolist():
            intake.count()
            name = _zip_name(info)
            inner = f"{path}/{name}" if path else name
            if info.is_dir():
                continue
            if problem := _name_problem(name) or _zip_problem(info):
                yield intake.refused(inner, problem)
                continue
            try:
                with archive.open(info) as stream:
                    content = intake.take(stream, info.compress_size)  # type: ignore[arg-type]
            except TooMuch as error:
                yield intake.refused(inner, str(error))
                if intake.total > intake.caps.total_bytes:
                    raise
                continue
            except (RuntimeError, NotImplementedError, *_DAMAGED) as error:
                yield intake.refused(inner, f"it cannot be unpacked ({type(error).__name__})")
                continue
            here = (*entries, (path, _zip_time(info)))
            yield from _unpacked(intake, content, inner, here, depth)


def _tar(intake: Intake, place: Path, path: str, depth: int, entries: Entries) -> Iterator[Arrived]:
    packed = place.stat().st_size
    with _unpacking(place, intake.count) as stream:
        reader = _Bounded(stream, intake)
        archive = tarfile.TarFile(fileobj=cast(BinaryIO, reader))
        for member in archive:
            intake.count()
            # else each is kept, with a copy of all that is said of all
            archive.members.clear()  # type: ignore[attr-defined]
            if len(archive.pax_headers) > _MOST_SAID_OF_ALL:
                raise TooMuch("its headers say too much of all files in it")
            name = text_of(member.name.replace("\\", "/")).removeprefix("./")
            inner = f"{path}/{name}" if path else name
            if member.isdir():
                continue
            if problem := _name_problem(name) or _tar_problem(member):
                yield intake.refused(inner, problem)
                continue
            if member.size > intake.caps.file_bytes:  # even to pass over it, it would be unpacked
                raise TooMuch(f"{inner} in it is larger than {intake.caps.file_bytes >> 20} MB")
            content = intake.take(reader.content(member), packed)
            changed = datetime.fromtimestamp(max(0, min(member.mtime, 2**36)), UTC)
            here = (*entries, (path, changed))
            yield from _unpacked(intake, content, inner, here, depth)


def _refuse_endless_list(place: Path, caps: Caps) -> None:
    """TooMuch when a zip lists far more than is taken: the list is read whole, in any case.

    Only the list is looked at, as zipfile finds it: a student's file, stored as it is, may hold
    the same bytes, and would have everybody's work refused.
    """
    found, rest = 0, b""
    with place.open("rb") as file:
        end = zipfile._EndRecData(file)  # type: ignore[attr-defined]  # there is no public way
        file.seek(max(0, end[_LOCATION] - end[_SIZE] - _LONG_END) if end else 0)
        while chunk := file.read(1 << 20):
            found += (rest + chunk).count(_ENTRY)
            rest = chunk[1 - len(_ENTRY) :]
    if found > 2 * caps.files:
        raise TooMuch(f"there are more than {caps.files} files")


def _unpacking(place: Path, count: Callable[[], None]) -> BinaryIO | Unpacked:
    """The tar in a file, whichever way it is packed; `count` is called for each further part."""
    with place.open("rb") as file:
        start = file.read(6)
    for magic, make in MAGIC:
        if start.startswith(magic):
            return Unpacked(place, make, count)
    return place.open("rb")


class _Bounded:
    """A tar as tarfile may read it: forwards, no further than the caps, and no long headers."""

    def __init__(self, stream: BinaryIO | Unpacked, intake: Intake) -> None:
        self._stream = stream
        self._caps, self._count = intake.caps, intake.count
        self.tell = stream.tell

    def seek(self, place: int) -> int:
        """Go on to a place; what lies between is unpacked, though nobody sees it."""
        if place < self.tell():
            raise tarfile.ReadError("it leads back to itself")
        if place > self._caps.total_bytes:
            raise TooMuch(f"it unpacks to more than {self._caps.total_bytes >> 20} MB")
        return self._stream.seek(place)

    def read(self, size: int) -> bytes:
        """Read a header, or the names and sizes that are too long for one."""
        if size > _LONGEST_HEADER:
            raise TooMuch("a header in it is too long")
        for _ in range(tarfile.BLOCKSIZE, size, tarfile.BLOCKSIZE):
            self._count()  # a long one takes tarfile as long as many files
        data = self._stream.read(size)
        self.seek(self.tell())
        if size > tarfile.BLOCKSIZE and re.search(rb"\d{99}", data):
            raise tarfile.ReadError("no header")  # which tarfile would try in quadratic time
        return data

    def content(self, member: tarfile.TarInfo) -> BinaryIO:
        """The content of a file, of which the header was read last."""
        self.seek(member.offset_data)
        return cast(BinaryIO, _Part(self._stream, member.size))


class _Part:
    """The next so many bytes of a stream."""

    def __init__(self, stream: BinaryIO | Unpacked, size: int) -> None:
        self._stream, self._left = stream, size

    def read(self, size: int) -> bytes:
        """Read on; EOFError when the stream ends too early."""
        data = self._stream.read(min(size, self._left))
        self._left -= len(data)
        if not data and self._left:
            raise EOFError
        return data


def _unpacked(
    intake: Intake, content: Path, path: str, entries: Entries, depth: int
) -> Iterator[Arrived]:
    if is_archive(path) and intake.waiting is not None:
        intake.waiting.append((content, path, depth + 1, entries))
    elif is_archive(path):
        yield from opened(intake, content, path, depth + 1, 2, entries)
    else:
        file = Arrived(intake.source, path, content, entries[-1][1], entries=entries)
        yield checked(file, content.stat().st_size, intake.caps)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """An entry's name; without the flag for UTF-8 it may be UTF-8 all the same, or DOS's."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        raw = name.encode("cp437", "replace")
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = raw.decode("cp437")
    return text_of(name.replace("\\", "/").encode("utf-8", "replace").decode())


def _name_problem(name: str) -> str:
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", name):
        return "its name leads out of the archive"
    if not name or not parts[-1] or len(name) > _MAX_NAME or "\0" in name:
        return "its name cannot be used"
    if len(parts) > _MAX_FOLDERS:
        return f"it lies more than {_MAX_FOLDERS} folders deep"
    return ""


def _zip_problem(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.flag_bits & 0x1:
        return "it is encrypted"
    if kind == stat.S_IFLNK:
        return "it is a link, which is not followed"
    return "" if kind in (0, stat.S_IFREG) else "it is no ordinary file"


def _tar_problem(member: tarfile.TarInfo) -> str:
    if member.issym() or member.islnk():
        return "it is a link, which is not followed"
    if member.size < 0:
        return "it says that it is smaller than nothing"
    return "" if member.isreg() and not member.issparse() else "it is no ordinary file"


def _zip_time(info: zipfile.ZipInfo) -> datetime | None:
    """When an entry was changed: in UTC if its maker said so, else by a clock of unknown zone."""
    extra = info.extra
    while len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        if kind == 0x5455 and length >= 5 and extra[4] & 1 and len(extra) >= 9:
            return datetime.fromtimestamp(struct.unpack("<I", extra[5:9])[0], UTC)
        extra = extra[4 + length :]
    try:
        return datetime(*info.date_time)
    except ValueError:
        return None
