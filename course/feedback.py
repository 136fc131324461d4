"""Feedback pages: one for everybody who handed in, in nbgrader's own place.

A page is made from the record, the notebook as it ran and the gradebook. Whose record is missing
or of another version gets a page that says so: a student who finds nothing at all cannot tell
whether the work arrived. What `nbgrader release_feedback` asks for lies beside the page; records
do not, since they may hold the numbers of hidden checks.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course.config import Settings
from course.errors import ConfigurationError
from course.gradebook import Gradebook
from course.gradebook.adapter import missing_file
from course.gradebook.totals import Marks
from course.lab import Lab
from course.reports import pages, records
from course.reports.pages import student as student_page
from course.reports.pages.student import Feedback

NOT_GRADED = "Your submission arrived and has not been graded yet."
UNREADABLE = "Your submission was graded, but what is kept of it cannot be shown at the moment."

FOR_RELEASE = ("timestamp.txt", "submission_secret.txt")  # what nbgrader's exchange reads
_MOST_FOR_RELEASE = 4_096  # bytes; a line is what they hold


@dataclass(frozen=True)
class Written:
    """The pages that were written, and for whom a page could only say that there are no marks.

    `lacking` says of whose page something that goes with it is missing, and why.
    """

    pages: tuple[Path, ...]
    problems: Mapping[str, str] = field(default_factory=dict)
    lacking: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Class:
    """What all pages of a lab are made from."""

    settings: Settings
    lab: Lab
    marks: Mapping[str, Marks]
    comments: Mapping[str, Mapping[str, str]]


def students(settings: Settings, lab_name: str) -> list[str]:
    """Who handed in or was graded; ConfigurationError when nobody was graded."""
    graded = _with_folder(settings.folder("autograded"), lab_name)
    if not graded:
        raise ConfigurationError(
            f"Nothing of {lab_name!r} is graded in {settings.folder('autograded')}: "
            "run `course autograde` first."
        )
    return sorted(graded | _with_folder(settings.folder("submitted"), lab_name))


def _with_folder(top: Path, lab_name: str) -> set[str]:
    return {path.parent.name for path in top.glob(f"[!.]*/{lab_name}") if path.is_dir()}


def page(settings: Settings, lab_name: str, student: str) -> Path:
    """Where a student's page lies."""
    return settings.folder("feedback") / student / lab_name / f"{lab_name}.html"


def write(settings: Settings, lab_name: str, tick: Callable[[], None] = lambda: None) -> Written:
    """Write everybody's page, and `tick` for each; ConfigurationError if none can be written."""
    everybody = students(settings, lab_name)
    of = _read_class(settings, lab_name)
    written, problems, lacking = [], {}, {}
    for student in everybody:
        html, problem = _page(of, student)
        if problem:
            problems[student] = problem
        written.append(pages.write(page(settings, lab_name, student), html))
        try:
            _put_beside(settings, lab_name, student)
        except OSError as error:  # everybody else's page is written all the same
            lacking[student] = f"{error.filename or student} ({error.strerror or error})"
        tick()
    return Written(tuple(written), problems, lacking)


def _read_class(settings: Settings, lab_name: str) -> _Class:
    """Late penalties are worked out first, so that a page and an export say the same."""
    lab = Lab.load(settings, lab_name)
    if missing_file(settings):
        return _Class(settings, lab, {}, {})
    with Gradebook(settings) as gradebook:
        gradebook.register(lab)
        gradebook.charge_late(lab_name)
        return _Class(settings, lab, gradebook.marks(lab_name), gradebook.comments(lab_name))


def _page(of: _Class, student: str) -> tuple[str, str]:
    """A student's page; and, if it can only say that there are no marks, why for the instructor."""
    folder = of.settings.folder("autograded") / student / of.lab.name
    told, problem = UNREADABLE, ""
    try:
        if not folder.is_dir():
            told = NOT_GRADED
        feedback = Feedback(
            of.settings,
            of.lab,
            records.of_student(folder.parent.parent, student, of.lab.name),
            _cells(folder / f"{of.lab.name}.ipynb"),
            of.marks.get(student),
            of.comments.get(student, {}),
        )
        return student_page.render(feedback), ""
    except ConfigurationError as error:
        problem = str(error)
    except Exception:  # a fault of ours: everybody else's page is written all the same
        problem = traceback.format_exc()
    name = os.fsencode(student).decode("utf-8", "replace")
    return student_page.render_problem(of.settings, of.lab.name, name, told), problem


def _cells(path: Path) -> list[dict[str, Any]]:
    try:
        cells: list[dict[str, Any]] = json.loads(path.read_bytes())["cells"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ConfigurationError(
            f"{path} cannot be read ({type(error).__name__}): run `course autograde` again."
        ) from None
    return cells


def _put_beside(settings: Settings, lab_name: str, student: str) -> None:
    """Copy what `nbgrader release_feedback` needs, where nbgrader's exchange collected it.

    Not what a link leads to: whoever handed it in would be given any file of the instructor's.
    """
    source = settings.folder("submitted") / student / lab_name
    target = page(settings, lab_name, student).parent
    for name in FOR_RELEASE:
        if _is_small_file(source / name):
            shutil.copyfile(source / name, target / name, follow_symlinks=False)


def _is_small_file(path: Path) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size <= _MOST_FOR_RELEASE
