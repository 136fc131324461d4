"""What came in, out of folders and archives that may be hostile."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from course.collect.archives import opened
from course.collect.intake import Arrived, Caps, Intake, TooMuch, checked, is_archive, text_of
from course.errors import ConfigurationError


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
    waiting = sorted(intake.waiting or (), key=lambda each: each[0].stat().st_size)
    intake.waiting = None
    for number, (place, path, depth, entries) in enumerate(waiting):
        yield from opened(intake, place, path, depth, len(waiting) - number, entries)


def _in_folder(intake: Intake, top: Path) -> Iterator[Arrived]:
    for place in _in_order(top, intake.caps.files):
        if place.is_symlink():
            yield intake.refused(_path(top, place), "it is a link, which is not followed")
            continue
        try:
            yield from _file(intake, place, _path(top, place))
        except TooMuch as error:
            yield intake.refused(_path(top, place), f"{error}; the rest was not read")
            return


def _in_order(top: Path, most: int) -> Iterator[Path]:
    """All files and links under a folder, by name; where they are too many, folders of few first.

    So one student's thousands come last, wherever their folder stands.
    """
    folders = {top: _listed(top)}
    waiting = [top]
    while waiting:  # no recursion: a student's folders may be a thousand deep
        inner = [each for each in folders[waiting.pop()] if _is_folder(each)]
        folders |= {each: _listed(each) for each in inner}
        waiting += inner
    beneath: dict[Path, int] = {}
    for folder in reversed(folders):
        beneath[folder] = sum(beneath.get(each, 1) for each in folders[folder])
    crowded = beneath[top] > most
    stack = [top]
    while stack:
        if (place := stack.pop()) not in folders:
            yield place
            continue
        inside = sorted(folders[place], key=lambda each: (each in folders, each.name))
        if crowded:
            inside.sort(key=lambda each: beneath.get(each, 1))
        stack += reversed(inside)


def _is_folder(place: Path) -> bool:
    return place.is_dir() and not place.is_symlink()


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        raise ConfigurationError(f"{error.filename} cannot be read ({error.strerror}).") from None


def _path(top: Path, place: Path) -> str:
    return "/".join(map(text_of, place.relative_to(top).parts))


def _file(intake: Intake, place: Path, path: str, *, is_top: bool = False) -> Iterator[Arrived]:
    """A file of the file system; an archive gives the files in it."""
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
        intake.waiting.append((place, path, 1, ()))
    else:
        intake.count()
        changed = datetime.fromtimestamp(found.st_mtime, UTC)
        yield checked(Arrived(intake.source, path, place, changed), found.st_size, intake.caps)
