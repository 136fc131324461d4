"""The class page and the index of all labs, from what is known of a class to files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.config import Settings
from course.errors import ConfigurationError
from course.reports.cohort import pictures, view
from course.reports.cohort.links import class_page, index_page
from course.reports.cohort.reading import Cohort, read_cohort
from course.reports.pages import render, write

STYLES = ("class.css",)


@dataclass(frozen=True)
class Written:
    """What was written, and how much of the class it is about."""

    page: Path
    index: Path
    records: int
    problems: tuple[str, ...]
    warnings: tuple[str, ...]


def write_class_page(settings: Settings, lab_name: str) -> Written:
    """Write a lab's class page, and the index anew; ConfigurationError if there is nothing."""
    cohort = read_cohort(settings, lab_name)
    context = view.context(settings, cohort)
    html = render("class.html", styles=STYLES, scripts=("class.js",), pictures=pictures, **context)
    page = write(class_page(settings, lab_name), html)
    index = write_index(settings, {lab_name: cohort})
    problems = tuple(f"{each.student}: {each.sentence}" for each in cohort.problems)
    return Written(page, index, len(cohort.records), problems, tuple(context["warnings"]))


def write_index(settings: Settings, known: dict[str, Cohort] | None = None) -> Path:
    """Write the page that leads to every lab of the course; `known` need not be read again."""
    labs = [_lab_line(settings, name, known or {}) for name in _labs(settings)]
    html = render("labs.html", styles=STYLES, course=settings.course_id, labs=labs)
    return write(index_page(settings), html)


def _labs(settings: Settings) -> list[str]:
    return sorted(path.stem for path in settings.folder("source").glob("*/*.ipynb"))


def _lab_line(settings: Settings, name: str, known: dict[str, Cohort]) -> dict[str, Any]:
    """One lab in the index: its numbers, or a sentence on why it has none."""
    due = settings.due.get(name)
    line: dict[str, Any] = {"lab": name, "due": due.strftime("%Y-%m-%d %H:%M UTC") if due else ""}
    try:
        cohort = known.get(name) or read_cohort(settings, name)
    except ConfigurationError as error:
        return {**line, "note": str(error)}
    return {**line, **view.summary(cohort), "page": class_page(settings, name).is_file()}
