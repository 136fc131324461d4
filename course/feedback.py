"""Feedback pages: nbgrader's own, for everybody who was graded.

nbgrader finds the graded notebooks, takes marks and comments from the gradebook and writes HTML.
This is `nbgrader generate_feedback --force` but for two things: its progress can be watched, and
records stay out of `feedback/`, since they may hold the numbers of hidden checks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from course.config import Settings
from course.errors import ConfigurationError
from course.gradebook.adapter import load_config


@dataclass(frozen=True)
class Written:
    """The pages that were written; for whom there is none, and what nbgrader logged about it."""

    pages: tuple[Path, ...]
    failed: tuple[str, ...]
    log: str


def graded_students(settings: Settings, lab_name: str) -> list[str]:
    """Who has a graded notebook of this lab; ConfigurationError when nobody has."""
    top = settings.folder("autograded")
    found = sorted(path.parts[-3] for path in top.glob(f"*/{lab_name}/{lab_name}.ipynb"))
    if not found:
        raise ConfigurationError(
            f"Nothing of {lab_name!r} is graded in {top}: run `course autograde` first."
        )
    return found


def page(settings: Settings, lab_name: str, student: str) -> Path:
    """Where a student's page lies."""
    return settings.folder("feedback") / student / lab_name / f"{lab_name}.html"


def write(settings: Settings, lab_name: str, tick: Callable[[], None] = lambda: None) -> Written:
    """Write every graded student's page, and `tick` for each; ConfigurationError if none can be."""
    students = graded_students(settings, lab_name)
    log = _Kept()
    try:
        _converter(settings, lab_name, students, log, tick).start()
    except NbGraderException:
        pass  # only after it has gone through everybody; the log and the missing pages tell
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename or settings.folder('feedback')} cannot be written "
            f"({error.strerror or error}): make room or mend its permissions."
        ) from None
    pages = {student: page(settings, lab_name, student) for student in students}
    failed = tuple(student for student in students if not pages[student].is_file())
    written = tuple(path for student, path in pages.items() if student not in failed)
    return Written(written, failed, "\n".join(log.lines))


def _converter(
    settings: Settings, lab_name: str, students: list[str], log: _Kept, tick: Callable[[], None]
) -> GenerateFeedback:
    config = load_config(settings)
    config.CourseDirectory.root = str(settings.root)
    config.CourseDirectory.assignment_id = lab_name
    config.CourseDirectory.db_url = settings.db_url
    for step, folder in settings.folders.items():
        config.CourseDirectory[f"{step}_directory"] = folder
    make: Any = _Ticking
    converter: _Ticking = make(
        coursedir=CourseDirectory(config=config), config=config, log=log.logger(), force=True
    )
    converter.lab_name, converter.students, converter.tick = lab_name, students, tick
    return converter


class _Ticking(GenerateFeedback):
    """nbgrader's converter, which says when it is done with a notebook.

    It is told for whom to write, since nbgrader would search by patterns and find no student whose
    name has a bracket.
    """

    lab_name: str
    students: list[str]
    tick: Callable[[], None]

    def init_notebooks(self) -> None:
        folders = (self._format_source(self.lab_name, student) for student in self.students)
        self.assignments = {folder: [f"{folder}/{self.lab_name}.ipynb"] for folder in folders}

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Copy nothing: pages need no other file, and the record is not for students."""

    def convert_single_notebook(self, notebook_filename: str) -> None:
        try:
            super().convert_single_notebook(notebook_filename)
        finally:
            self.tick()


class _Kept(logging.Handler):
    """Keeps what nbgrader logs as an error, to be shown when pages are missing."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

    def logger(self) -> Any:
        logger = logging.Logger("course.feedback")
        logger.addHandler(self)
        return logger
