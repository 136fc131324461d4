"""What is taken in, file by file, and how much of it at most.

Nothing is unpacked under a name that an archive chose: contents go to files of our own naming in a
folder of our own, so that no path, link or device in an archive can reach anything. What cannot be
taken is an `Arrived` with a `problem`, so that it is listed like everything else.
"""

from __future__ import annotations

import os
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_LONGEST = 255  # letters of a part of a path, which no disk has longer
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


Entries = tuple[tuple[str, datetime | None], ...]


@dataclass(frozen=True)
class Arrived:
    """One file: its path from where it was looked for, and where its content lies now.

    `path` goes through archives like through folders. `changed` is the archive's or the file
    system's time, which says little about when it was handed in. `entries` are all the entries of
    archives on the way, outermost first: the path of each one's archive, and its time.
    """

    source: str
    path: str
    content: Path | None = None
    changed: datetime | None = None
    problem: str = ""
    entries: Entries = ()

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    def entered(self, place: int) -> datetime | None:
        """The time that an archive gives what begins at a place of the path.

        Not one that begins later: a student packed it, and may have set the clock.
        """
        times = [time for archive, time in self.entries if len(archive) <= place]
        return times[-1] if times else None


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
    waiting: list[tuple[Path, str, int, Entries]] | None = field(default_factory=list)
    """Archives within, with path, depth and entries: opened when all beside them has been taken."""

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


def text_of(name: str) -> str:
    """A name as text in one normal form, whatever bytes and accents it was written with.

    But what is longer than any file's name stays as it is: to put accents in order takes quadratic
    time, and an archive may have a thousand names of as many bytes as take a second each.
    """
    parts = os.fsencode(name).decode("utf-8", "replace").split("/")
    return "/".join(
        part if len(part) > _LONGEST else unicodedata.normalize("NFC", part) for part in parts
    )
