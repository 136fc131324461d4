"""Everything that a class page is made from: records, gradebook, notebooks, and what is wrong.

A page that left somebody out would be trusted all the same. So each student who handed in, was
graded or stands in the gradebook is either here with a record, or listed with one sentence that
says why there is none.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course.config import Settings
from course.errors import ConfigurationError
from course.gradebook import Gradebook
from course.gradebook.adapter import missing_file
from course.gradebook.totals import Marks
from course.lab import Lab
from course.record import Record
from course.reports.records import of_student


@dataclass(frozen=True)
class Problem:
    """Somebody of whom the page can say nothing more, and why, in one sentence."""

    student: str
    sentence: str


@dataclass(frozen=True)
class Cohort:
    """A class's records of one lab, in the order of the students' names."""

    lab: Lab
    records: tuple[Record, ...]
    problems: tuple[Problem, ...] = ()
    marks: Mapping[str, Marks] = field(default_factory=dict)
    gradebook_note: str = ""
    sources: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What each student's cells hold after repair: by student, then by grade_id."""


def read_cohort(settings: Settings, lab_name: str) -> Cohort:
    """Read all that is known of a class; ConfigurationError when there is no record at all."""
    lab = Lab.load(settings, lab_name)
    top = settings.folder("autograded")
    records, problems = [], []
    for student in graded_students(settings, lab_name):
        try:
            records.append(of_student(top, student, lab_name))
        except ConfigurationError as error:
            problems.append(Problem(_text(student), str(error)))
    marks, note = _marks(settings, lab_name)
    seen = {record.student for record in records} | {each.student for each in problems}
    for student in _students(settings.folder("submitted"), lab_name):
        if _text(student) not in seen:
            seen.add(_text(student))
            problems.append(
                Problem(
                    _text(student),
                    f"Handed in and never graded: run `course autograde {lab_name}`.",
                )
            )
    for student in sorted(set(marks) - seen):
        problems.append(Problem(student, "Stands in the gradebook, but has no record."))
    sources, unread = _sources(top, lab, records)
    problems += unread
    return Cohort(lab, tuple(records), tuple(problems), marks, note, sources)


def graded_students(settings: Settings, lab_name: str) -> list[str]:
    """Whose submissions have been graded; ConfigurationError when nobody's has."""
    top = settings.folder("autograded")
    found = _students(top, lab_name)
    if not found:
        raise ConfigurationError(
            f"Nothing of {lab_name} is graded in {top}: run `course autograde {lab_name}` first."
        )
    return found


def _students(top: Path, lab_name: str) -> list[str]:
    """Whose folder for this lab lies under `top`."""
    try:
        names = sorted(each.name for each in top.iterdir() if each.name[0] != ".")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigurationError(f"{top} cannot be read ({error.strerror}).") from None
    return [name for name in names if (top / name / lab_name).is_dir()]


def _text(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "replace")


def _marks(settings: Settings, lab_name: str) -> tuple[dict[str, Marks], str]:
    """What the gradebook says, or a sentence on why it says nothing; none is made for this."""
    try:
        if file := missing_file(settings):
            return {}, f"There is no gradebook ({file.name}) yet, so marks by hand are not shown."
        with Gradebook(settings) as gradebook:
            return gradebook.marks(lab_name), ""
    except ConfigurationError as error:
        return {}, str(error)


def _sources(
    top: Path, lab: Lab, records: list[Record]
) -> tuple[dict[str, dict[str, str]], list[Problem]]:
    """What students typed, from the graded notebooks; whose cannot be read is a problem."""
    wanted = {cell.grade_id for cell in lab.cells if cell.kind in ("solution", "written")}
    found, problems = {}, []
    for record in records:
        path = top / record.student / lab.name / f"{lab.name}.ipynb"
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            found[record.student] = dict(_labelled(cells, wanted))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            problems.append(
                Problem(record.student, f"{path.name} cannot be read, so it is compared to none.")
            )
    return found, problems


def _labelled(cells: list[dict[str, Any]], wanted: set[str]) -> list[tuple[str, str]]:
    named = ((cell["metadata"].get("nbgrader", {}).get("grade_id"), cell) for cell in cells)
    return [(name, "".join(cell["source"])) for name, cell in named if name in wanted]
