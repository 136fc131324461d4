"""Files that no LMS named: nbgrader's own folders, and files or folders called like students."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from course.collect.claims import Aside, Claim
from course.collect.intake import ARCHIVES, Arrived, is_archive
from course.errors import ConfigurationError
from course.store import TIMESTAMP_NAME
from course.times import parse_time

_LONGEST = 250  # characters of a name that is looked at more closely; no disk has longer ones
_MOST_COPIES = 8  # of copies; a name of a hundred marks of them takes a millisecond each time
_FOLDERS_OF_REFUSED = 8  # in which the name is looked for of whoever handed in what is refused
_COPY = re.compile(r"^(?:copy of|kopie von|copia de|copie de)[ _]+|[ _-]*\(\d+\)$|-\d{1,2}$", re.I)


def stem(name: str) -> str:
    """A file's name without its ending."""
    return name.rpartition(".")[0] or name


@lru_cache(maxsize=4096)  # one of thousands of files may be compared with all the others
def is_named_like(name: str, lab: str) -> bool:
    """Whether a file is called like the lab, but for what Colab, Drive or a browser did to it."""
    text, wanted = stem(name), _bare(lab)
    for _ in range(_MOST_COPIES):
        if len(text) > _LONGEST or _bare(text) == wanted:
            break
        text = _COPY.sub("", text).strip()
    return len(text) <= _LONGEST and _bare(text) == wanted


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


class NbgraderFolders:
    """STUDENT/LAB/FILE, with or without anything above it, as nbgrader keeps and exchanges them."""

    name, title, sure = "nbgrader", "nbgrader's folders", False

    def __init__(self, lab: str, labs: Collection[str], files: Sequence[Arrived]) -> None:
        self._lab = lab.casefold()
        self._others = {each.casefold() for each in labs} - {self._lab}
        self._times = _timestamps(files)

    def look(self, file: Arrived) -> Claim | Aside | None:
        """The same; what lies deeper says nothing of who made these folders: LAB/STUDENT/FILE."""
        said, parts = self.read(file), file.path.split("/")
        if isinstance(said, Claim) and self._place(parts) != len(parts) - 2:
            return Aside("it lies deeper than nbgrader puts a notebook")
        return said

    def _place(self, parts: Sequence[str]) -> int:
        """Where a lab's folder stands in a path, 0 if nowhere.

        The outermost: what lies in a student's folder, they may have called as they like.
        """
        labs = {self._lab, *self._others}
        folders = enumerate(parts[:-1])
        return next((place for place, part in folders if place and part.casefold() in labs), 0)

    def read(self, file: Arrived) -> Claim | Aside | None:
        """Whose a file is, by the folder above the lab's."""
        parts = file.path.split("/")
        place = self._place(parts)
        if not place:
            return None
        if parts[place].casefold() != self._lab:
            return Aside(f"it belongs to another lab ({'/'.join(parts[:-1])})")
        if parts[-1] == TIMESTAMP_NAME:
            return Aside("the time of its submission, which is used")
        said = self._times.get("/".join(parts[: place + 1]), "")
        where = "/".join((*parts[: place + 1], TIMESTAMP_NAME))
        time, problem = _time(said, where)
        # in an archive that is called like a student, somebody else's folder is nobody's
        around = [_without_ending(part) for part in parts[: place - 1] if is_archive(part)]
        students = (parts[place - 1], *around)
        return Claim(self.name, parts[-1], students=students, time=time, problem=problem)


def _time(said: str, where: str) -> tuple[datetime | None, str]:
    """The time that a file holds, or why nobody can tell it: students write such files, too."""
    try:
        # without a zone it is in UTC: so nbgrader reads it
        return (parse_time(said, UTC, where) if said else None), ""
    except ConfigurationError as error:
        return None, str(error)


def _timestamps(files: Sequence[Arrived]) -> Mapping[str, str]:
    found = {}
    for file in files:
        if file.name == TIMESTAMP_NAME and file.content:
            with file.content.open("rb") as content:
                text = content.read(100).decode("utf-8", "replace").strip()
            found[file.path.rpartition("/")[0]] = text
    return found


class PlainFiles:
    """Files or folders that are called like students, whatever else is in their names."""

    name, title, sure = "plain", "no LMS: files and folders named by student", False

    def __init__(self, lab: str, labs: Collection[str]) -> None:
        self._lab = lab
        self._others = [each for each in labs if each != lab]

    def read(self, file: Arrived) -> Claim | Aside | None:
        """Whose a file is: the folders above it and its own name are looked at."""
        parts = file.path.split("/")
        others = [] if is_named_like(parts[-1], self._lab) else self._others
        for other in others:
            if is_named_like(parts[-1], other):
                return Aside(f"it is called like another lab ({other})")
        around = parts[:-1][:_FOLDERS_OF_REFUSED] if file.problem else parts[:-1]
        folders = [_without_ending(part) for part in around]
        tokens = [each for each in folders if not is_named_like(f"{each}.x", self._lab)]
        if own := self._without_lab(stem(parts[-1])):
            tokens.append(own)
        return Claim(self.name, parts[-1], students=tuple(tokens)) if tokens else None

    def _without_lab(self, text: str) -> str:
        if len(text) > _LONGEST:
            return text
        text = _COPY.sub("", _COPY.sub("", text))
        lab = r"[\W_]*".join(map(re.escape, self._lab))
        return re.sub(rf"(?:^|[\W_]+){lab}(?:[\W_]+|$)", " ", text, flags=re.I).strip()


def _without_ending(folder: str) -> str:
    for ending in ARCHIVES:
        if folder.lower().endswith(ending):
            return folder[: -len(ending)]
    return folder
