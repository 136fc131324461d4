"""What came in, file by file, out of folders and archives that may be hostile.

Nothing is unpacked under a name that an archive chose: contents go to files of our own naming in a
folder of our own, so that no path, link or device in an archive can reach anything. What cannot be
taken is an `Arrived` with a `problem`, so that it is listed like everything else.
"""

from __future__ import annotations

import os
import stat
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from course.errors import ConfigurationError

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
UNOPENED = (".7z", ".rar", ".gz", ".bz2", ".xz")


@dataclass(frozen=True)
class Caps:
    """How much is taken from one folder or archive that was named: bytes, and levels of zips."""

    file_bytes: int = 128 << 20
    total_bytes: int = 4 << 30
    files: int = 50_000
    depth: int = 3
    ratio: int = 200
    ratio_from: int = 16 << 20  # smaller contents may be packed as tightly as they like


@dataclass(frozen=True)
class Arrived:
    """One file: its path from where it was looked for, and where its content lies now.

    `path` goes through archives like through folders. `changed` is the archive's or the file
    system's time, which says little about when it was handed in.
    """

    source: str
    path: str
    content: Path | None = None
    changed: datetime | None = None
    problem: str = ""
    packed: bool = False

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


class TooMuch(Exception):
    """An archive holds more than is taken; says why."""


@dataclass
class Intake:
    """Walks one place that was named, and keeps account of how much came out of it."""

    source: str
    spool: Path
    caps: Caps = field(default_factory=Caps)
    files: int = 0
    total: int = 0
    waiting: list[tuple[Path, str, int]] | None = field(default_factory=list)
    """Archives within, with path and depth: opened when all that is beside them has been taken."""

    @contextmanager
    def shared(self, parts: int) -> Iterator[None]:
        """Let an archive take one of so many parts of what is left: others' work must still fit."""
        caps = self.caps
        files = self.files + (caps.files - self.files) // parts
        total = self.total + (caps.total_bytes - self.total) // parts
        self.caps = replace(caps, files=files, total_bytes=total)
        try:
            yield
        finally:  # what was one too many was not kept
            self.caps, self.files, self.total = caps, min(self.files, files), min(self.total, total)

    def refused(self, path: str, problem: str) -> Arrived:
        """An entry of the list that says why its content was not taken."""
        return Arrived(self.source, path, problem=problem)

    def count(self) -> None:
        """One file more; TooMuch when there are too many."""
        self.files += 1
        if self.files > self.caps.files:
            raise TooMuch(f"there are more than {self.caps.files} files")

    def take(self, stream: BinaryIO, packed_bytes: int | None = None) -> Path:
        """Copy a content into the spool, under a name of ours; TooMuch when it is a bomb."""
        descriptor, name = tempfile.mkstemp(dir=self.spool)
        place, size = Path(name), 0
        try:
            with os.fdopen(descriptor, "wb") as out:
                while chunk := stream.read(1 << 16):
                    size += len(chunk)
                    self.total += len(chunk)
                    self._refuse_bomb(size, packed_bytes)
                    out.write(chunk)
        except BaseException:
            place.unlink()  # else what is refused would fill the disk all the same
            raise
        return place

    def _refuse_bomb(self, size: int, packed: int | None) -> None:
        caps = self.caps
        if size > caps.file_bytes:
            raise TooMuch(f"it is larger than {caps.file_bytes >> 20} MB")
        if packed is not None and size > max(caps.ratio_from, caps.ratio * packed):
            raise TooMuch(f"it unpacks to more than {caps.ratio} times its size")
        if self.total > caps.total_bytes:
            raise TooMuch(f"everything together is larger than {caps.total_bytes >> 20} MB")


def arrived(where: Path, spool: Path, caps: Caps | None = None) -> Iterator[Arrived]:
    """Every file in a folder, an archive, or the one file that was named, in order of its name.

    What lies in archives within comes last.

    `spool` is an empty folder that lives as long as the contents are needed. ConfigurationError
    when there is nothing of that name.
    """
    intake = Intake(text_of(where.name) or str(where), spool, caps or Caps())
    if not os.path.lexists(where):
        raise ConfigurationError(f"There is no {where}: name a folder or an archive that exists.")
    if where.is_dir():
        yield from _in_folder(intake, where)
    else:
        yield from _file(intake, where.resolve(), text_of(where.name), is_top=True)
    yield from _within(intake)


def _within(intake: Intake) -> Iterator[Arrived]:
    """The files of the archives within: each has its share of what is left, the smallest first.

    What one does not need is for those after it; however many somebody packed, the others have
    theirs.
    """
    from course.collect.archives import opened  # which stands upon this module

    waiting = sorted(intake.waiting or (), key=lambda each: each[0].stat().st_size)
    intake.waiting = None
    for number, (place, path, depth) in enumerate(waiting):
        yield from opened(intake, place, path, depth, len(waiting) - number)


def text_of(name: str) -> str:
    """A name as text in one normal form, whatever bytes and accents it was written with."""
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))


def _in_folder(intake: Intake, top: Path) -> Iterator[Arrived]:
    for folder, names, files in os.walk(top, onerror=_unreadable):
        here = Path(folder)
        names.sort()
        for name in [each for each in names if (here / each).is_symlink()]:
            yield intake.refused(_path(top, here / name), "it is a link, which is not followed")
        for name in sorted(files):
            try:
                yield from _file(intake, here / name, _path(top, here / name))
            except TooMuch as error:
                yield intake.refused(_path(top, here / name), f"{error}; the rest was not read")
                return


def _unreadable(error: OSError) -> None:
    raise ConfigurationError(f"{error.filename} cannot be read ({error.strerror}).") from None


def _path(top: Path, place: Path) -> str:
    return "/".join(map(text_of, place.relative_to(top).parts))


def _file(intake: Intake, place: Path, path: str, *, is_top: bool = False) -> Iterator[Arrived]:
    """A file of the file system; an archive gives the files in it."""
    from course.collect.archives import opened  # which stands upon this module

    try:
        found = place.lstat()
    except OSError as error:
        yield intake.refused(path, f"it cannot be read ({error.strerror})")
        return
    if not stat.S_ISREG(found.st_mode):
        kind = (
            "a link, which is not followed" if stat.S_ISLNK(found.st_mode) else "no ordinary file"
        )
        yield intake.refused(path, f"it is {kind}")
    elif not os.access(place, os.R_OK):
        yield intake.refused(path, "you have no right to read it")
    elif is_archive(path) and is_top:
        yield from opened(intake, place, "")
    elif is_archive(path) and intake.waiting is not None:
        intake.waiting.append((place, path, 1))
    else:
        intake.count()
        changed = datetime.fromtimestamp(found.st_mtime, UTC)
        yield checked(Arrived(intake.source, path, place, changed), found.st_size, intake.caps)


def checked(file: Arrived, size: int, caps: Caps) -> Arrived:
    """The same file, refused if it is too large or of a kind that is not opened."""
    if size > caps.file_bytes:
        return Arrived(
            file.source, file.path, problem=f"it is larger than {caps.file_bytes >> 20} MB"
        )
    if file.path.lower().endswith(UNOPENED) and not is_archive(file.path):
        return Arrived(
            file.source, file.path, problem="this kind of archive is not opened: unpack it yourself"
        )
    return file


def is_archive(path: str) -> bool:
    """Whether a file's name says that other files are in it."""
    return path.lower().endswith(ARCHIVES)
