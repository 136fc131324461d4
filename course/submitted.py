"""What students handed in: which notebook under `submitted/` is whose, and why when there is none.

Nothing here opens a notebook as a notebook. Whatever a folder holds becomes one `Submission` per
student, so that nobody who handed something in is passed over in silence.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from course.config import Settings
from course.errors import ConfigurationError
from course.store import TIMESTAMP_NAME, set_aside
from course.submission.read import MAX_BYTES

_OF_NO_FOLDER = (errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG)


@dataclass(frozen=True)
class Submission:
    """A student's folder for one lab, as it was found; reading it comes later."""

    student: str
    lab: str
    folder: Path

    def is_there(self) -> bool:
        """Whether anything was handed in: a file, too, and what is just being replaced."""
        in_this_order = (self.folder, set_aside(self.folder), self.folder)
        return any(map(_is_there, in_this_order))

    def read(self) -> HandedIn:
        """Choose the notebook and read it; whatever is none becomes the `problem`.

        Where it is this machine that cannot read, nothing is known of what was handed in, and
        nobody gets a zero for it: that is `unread`.
        """
        try:
            return self._read()
        except OSError as error:
            dangling = isinstance(error, FileNotFoundError) and self.folder.is_symlink()
            if dangling or error.errno in _OF_NO_FOLDER:
                sentence = f"The folder cannot be read ({error.strerror})."
                return HandedIn(self.student, problem=sentence)
            where = _told(str(error.filename or self.folder))
            halfway = _is_there(set_aside(self.folder))
            remedy = "run `course collect` again" if halfway else "mend it"
            return HandedIn(
                self.student,
                unread=f"{where} cannot be read here ({error.strerror}): {remedy} and grade again.",
            )

    def _read(self) -> HandedIn:
        names = sorted(each.name for each in self.folder.iterdir() if each.name[0] != ".")
        timestamp = self.timestamp()
        notebooks = [name for name in names if name.lower().endswith(".ipynb")]
        if not notebooks:
            others = [name for name in names if name != TIMESTAMP_NAME]
            return HandedIn(self.student, problem=_no_notebook(others), timestamp=timestamp)
        name = self._preferred(notebooks)
        data, problem = _read_notebook(self.folder / name)
        note = _several(notebooks, name) if len(notebooks) > 1 else ""
        return HandedIn(self.student, data, _text(name), problem, note, timestamp)

    def _preferred(self, notebooks: list[str]) -> str:
        """The notebook with the lab's own name, else the newest (of equals, the last by name)."""
        wanted = f"{self.lab}.ipynb".lower()
        named = [name for name in notebooks if name.lower() == wanted]
        if named:
            return named[0]
        return max(notebooks, key=lambda name: (_modified(self.folder / name), name))

    def timestamp(self) -> str:
        """When it was handed in, as `timestamp.txt` beside the notebook says; '' without one.

        OSError when there is one that cannot be read: whoever was late would count as in time.
        """
        path = self.folder / TIMESTAMP_NAME
        try:
            if not stat.S_ISREG(path.lstat().st_mode):
                return ""
            with path.open(encoding="utf-8", errors="replace") as file:
                return file.read(100).strip()
        except (FileNotFoundError, NotADirectoryError):
            return ""


@dataclass(frozen=True)
class HandedIn:
    """The bytes that a student handed in, or (`problem`) why there are none.

    `unread` says instead why this machine could not look, which is held against nobody.
    """

    student: str
    data: bytes | None = None
    file_name: str = ""
    problem: str = ""
    note: str = ""
    timestamp: str = ""
    unread: str = ""


def find(settings: Settings, lab: str, students: Collection[str] = ()) -> list[Submission]:
    """Every student's folder for `lab`, in the order of their names.

    `students` narrows it down. ConfigurationError when there is nothing to grade, or a student
    who was asked for has handed in nothing.
    """
    top = settings.folder("submitted")
    found = [Submission(name, lab, top / name / lab) for name in _students(top)]
    found = [each for each in found if each.is_there()]
    for student in students:
        if student not in {each.student for each in found}:
            raise ConfigurationError(
                f"No submission of {lab} by {student!r}: there is no folder {top / student / lab}."
            )
    if not found:
        raise ConfigurationError(
            f"No submissions of {lab}: put each student's notebook into "
            f"{top / '<student>' / lab}, whatever its file is called."
        )
    return [each for each in found if not students or each.student in students]


def _students(top: Path) -> list[str]:
    try:
        names = sorted(each.name for each in top.iterdir() if each.name[0] != ".")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigurationError(f"{top} cannot be read ({error.strerror}).") from None
    for name in names:
        if name != _text(name):
            raise ConfigurationError(f"{top} has a folder whose name is no text: rename {name!r}.")
    return names


def _is_there(path: Path) -> bool:
    """Whether something lies there, or may: where nobody can look, nobody is passed over."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _text(name: str) -> str:
    """A file's name without the bytes that are no UTF-8, which no record could hold."""
    return os.fsencode(name).decode("utf-8", "replace")


def _told(name: str) -> str:
    """A file's name as it stands in a sentence: on one line, for its student chose it."""
    return " ".join(_text(name).split())


def _read_notebook(path: Path) -> tuple[bytes | None, str]:
    if not stat.S_ISREG(path.lstat().st_mode):
        return None, f"{_told(path.name)} is no ordinary file, and so it was not opened."
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1), ""  # one byte too many, for the reader to refuse


def _modified(path: Path) -> int:
    try:
        return path.lstat().st_mtime_ns
    except OSError:
        return 0


def _no_notebook(names: list[str]) -> str:
    if not names:
        return "The folder that was handed in is empty."
    shown = ", ".join(map(_told, names[:3])) + (", …" if len(names) > 3 else "")
    return f"There is no notebook (.ipynb) in what was handed in, only {shown}."


def _several(notebooks: list[str], chosen: str) -> str:
    return (
        f"{len(notebooks)} notebooks were handed in ({', '.join(map(_told, notebooks[:4]))}); "
        f"{_told(chosen)} was graded."
    )
