"""A graded submission's folder, put into place whole or not at all.

A grader may be killed at any moment. What it was writing then lies under a hidden name that the
next run removes, so that `autograded/<student>/<lab>` never mixes two gradings of a submission.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from course.errors import ConfigurationError

RECORD_NAME = "record.json"
TIMESTAMP_NAME = "timestamp.txt"


@contextmanager
def opened(folder: Path, lab: str) -> Iterator[Store]:
    """The store of one lab in `folder` (`autograded/`), for this process alone.

    What an interrupted run left is cleared away first. ConfigurationError when the folder cannot
    be written or another run holds it.
    """
    descriptor = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if descriptor is not None:
            os.close(descriptor)
        if isinstance(error, BlockingIOError):
            raise ConfigurationError(
                f"Another run is writing to {folder}: wait until it has ended."
            ) from None
        raise _unwritable(folder, error) from None
    try:
        store = Store(folder, lab)
        store.mend()
        yield store
    finally:
        os.close(descriptor)  # and with it the lock, as when this process is killed


class Store:
    """Writes `autograded/<student>/<lab>`; made by `opened`, which keeps other writers out."""

    def __init__(self, folder: Path, lab: str) -> None:
        self._folder = folder
        self._lab = lab

    def put(self, student: str, files: Mapping[str, str | Path]) -> Path:
        """Replace the student's folder by one that holds exactly `files`.

        By name: their text, or where there is one to be copied. Whole files of a student's would
        not fit into memory together.
        """
        place = self._folder / student / self._lab
        try:
            new = self._write(place.with_name(f".{self._lab}.new"), files)
            old = set_aside(place)
            if os.path.lexists(place):
                place.rename(old)
            new.rename(place)
            _remove(old)
        except OSError as error:
            raise _unwritable(place, error) from None
        return place

    def mend(self) -> None:
        """Finish or undo what an earlier run was killed at; ConfigurationError if it cannot be."""
        try:
            for new in self._folder.glob(f"*/.{self._lab}.new"):
                _remove(new)
            for old in self._folder.glob(f"*/.{self._lab}.old"):
                place = old.with_name(self._lab)
                if os.path.lexists(place):
                    _remove(old)
                else:
                    old.rename(place)
            self._try_writing()
        except OSError as error:
            raise _unwritable(self._folder, error) from None

    def _write(self, new: Path, files: Mapping[str, str | Path]) -> Path:
        new.mkdir(parents=True)
        for name, content in files.items():
            if isinstance(content, str):
                (new / name).write_text(content, encoding="utf-8")
            else:
                shutil.copyfile(content, new / name)
        return new

    def _try_writing(self) -> None:
        trial = self._folder / f".{self._lab}.new"
        _remove(trial)
        trial.mkdir()
        trial.rmdir()


def set_aside(place: Path) -> Path:
    """Where lies what was in a place, while it is replaced; after a kill then, until `mend`."""
    return place.with_name(f".{place.name}.old")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"{error.filename or path} cannot be written ({error.strerror or error}): "
        "make room or mend its permissions, then run again."
    )
