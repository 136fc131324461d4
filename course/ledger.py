"""What a submission was graded from, so that nothing is graded twice for the same marks.

A note is made only when folder and gradebook hold the marks; whoever is killed before that leaves
no note, and the submission is graded again. A note is believed only while everything that can
change a mark or a page is byte for byte what it was: the submission, the lab's three folders, the
configuration, the isolation, and the grader with its libraries.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path

import course
from course.config import CONFIG_NAME, Settings
from course.errors import ConfigurationError
from course.gradebook.adapter import CONFIG_NAME as NBGRADER_CONFIG_NAME
from course.grading import versions
from course.lab import CHANGED, Lab
from course.record import Record
from course.sandbox.isolation import Isolation
from course.store import RECORD_NAME
from course.submitted import HandedIn

Scores = Mapping[str, Mapping[str, float | None]]


class Ledger:
    """The notes of one lab: small files beside the graded folders, `.<lab>.graded`.

    `scores` gives the automatic marks that the gradebook holds, by student. It is asked when a note
    is found: a class that was never graded need not wait for it. What the lab and the grader are is
    looked at now, before anything is graded; ConfigurationError when the lab is not as it was read.
    """

    def __init__(
        self, settings: Settings, lab: Lab, isolation: Isolation, scores: Callable[[], Scores]
    ) -> None:
        self._settings = settings
        self._lab = lab
        self._scores = cache(scores)
        self._common = _digest(
            _settings_hash(settings),
            json.dumps([isolation.tier, isolation.layers, versions()], sort_keys=True).encode(),
            *_contents([Path(course.__file__).parent], "*.py"),
            *_contents([settings.folder(step) / lab.name for step in ("source", "release")]),
            *_contents([lab.checks_folder]),
        )
        if not lab.is_as_read(settings):  # what is graded would be noted as if by the new one
            raise ConfigurationError(CHANGED.format(lab=lab.name))

    def unchanged(self, handed_in: HandedIn) -> Record | None:
        """The stored record of a submission that would be graded the same; None if it may not."""
        try:
            note = self._note(handed_in.student).read_text(encoding="ascii")
            if note != self._state(handed_in):
                return None
            text = (self._folder(handed_in.student) / RECORD_NAME).read_bytes()
        except (OSError, ValueError):
            return None
        record = Record.from_json(text)  # the note vouches for its bytes
        return record if self._is_stored(record) else None

    def note(self, handed_in: HandedIn) -> None:
        """Note that what lies in the folder and the gradebook was made from this."""
        with suppress(OSError):  # without its note it is graded again, which harms nobody
            self._note(handed_in.student).write_text(self._state(handed_in), encoding="ascii")

    def _is_stored(self, record: Record) -> bool:
        """Whether the gradebook holds exactly this record's automatic marks."""
        return self._scores().get(record.student) == {
            cell.grade_id: (None if cell.answered else 0.0) if cell.manual else cell.points
            for cell in record.cells
        }

    def _state(self, handed_in: HandedIn) -> str:
        """One hash over what went in and what came out; OSError when nothing came out."""
        folder = self._folder(handed_in.student)
        came_out = [(folder / name).read_bytes() for name in (RECORD_NAME, self._notebook)]
        parts = [handed_in.student, handed_in.file_name, handed_in.problem, handed_in.note]
        went_in = json.dumps([*parts, handed_in.timestamp, handed_in.data is None]).encode()
        return _digest(self._common.encode(), went_in, handed_in.data or b"", *came_out)

    @property
    def _notebook(self) -> str:
        return f"{self._lab.name}.ipynb"

    def _folder(self, student: str) -> Path:
        return self._settings.folder("autograded") / student / self._lab.name

    def _note(self, student: str) -> Path:
        return _note(self._settings, self._lab.name, student)


def is_noted(settings: Settings, lab_name: str, student: str) -> bool:
    """Whether there is a note at all; without one, a submission is graded for certain."""
    return os.path.exists(_note(settings, lab_name, student))  # noqa: PTH110 (False where one may not look)


def _note(settings: Settings, lab_name: str, student: str) -> Path:
    return settings.folder("autograded") / student / f".{lab_name}.graded"


def _settings_hash(settings: Settings) -> bytes:
    """Everything that is set: the configuration as it is written, and as a command changed it.

    How many processes grade, and where course and gradebook lie, changes no mark.
    """
    chosen = asdict(settings.override(processes=0, root=Path(), db_url=""))
    files = _contents([settings.root / CONFIG_NAME, settings.root / NBGRADER_CONFIG_NAME])
    said = json.dumps(chosen, sort_keys=True, default=str).encode()
    return _digest(said, *files).encode()


def _contents(places: Iterable[Path], pattern: str = "*") -> Iterable[bytes]:
    """Name and bytes of every file there, in order; bytecode and hidden files left out."""
    for place in places:
        for file in [place] if place.is_file() else sorted(place.rglob(pattern)):
            inside = file.relative_to(place.parent)
            hidden = any(part.startswith((".", "__pycache__")) for part in inside.parts)
            if file.is_file() and not hidden:
                yield str(inside).encode()
                yield file.read_bytes()


def _digest(*parts: bytes) -> str:
    """One hash over parts that cannot run into each other."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
