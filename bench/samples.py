"""The notebooks that every contender grades: a lab's sample class, again and again, each its own.

Only samples that everybody can grade take part: as uploaded to Jupyter, under the lab's own name,
and without a cell that never ends, since waiting for limits is no work that can be compared.
"""

from __future__ import annotations

import itertools
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.config import Settings, load_settings
from course.demo import make_course
from course.grading import Grader
from course.lab import Lab
from course.record import Record, Status
from course.release import release
from course.sample import hand_in, load_class

HIDDEN = re.compile(
    r"^### BEGIN HIDDEN TESTS\n.*?^### END HIDDEN TESTS\n?", re.DOTALL | re.MULTILINE
)
CELL = """### BEGIN HIDDEN TESTS
import sys
sys.path[:0] = {places!r}
from bench.incell import earned
### END HIDDEN TESTS
{visible}
### BEGIN HIDDEN TESTS
earned({folder!r}, {grade_id!r}, {secret!r}, globals())
### END HIDDEN TESTS
"""
NO_FIGURES = "\nc.Limits.figures = 0\n"
STOCK_CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'stock'\n"
REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Class:
    """The same class handed in three times: to the grader, with and without figures, and stock."""

    lab: str
    students: tuple[str, ...]
    drawn: Settings
    not_drawn: Settings
    stock: Path
    points: Mapping[str, float]


def make_class(settings: Settings, lab_name: str, size: int, folder: Path) -> Class:
    """Write the courses into `folder`; `points` are what each must get, found out by grading."""
    drawn = make_course(settings, folder / "drawn")
    release(drawn, lab_name)
    points = _hand_in(drawn, lab_name, size)
    shutil.copytree(drawn.root, folder / "not_drawn")
    with (folder / "not_drawn" / "course_config.py").open("a", encoding="utf-8") as config:
        config.write(NO_FIGURES)
    not_drawn = load_settings(folder / "not_drawn")
    stock = _make_stock(drawn, lab_name, folder / "stock")
    return Class(lab_name, tuple(points), drawn, not_drawn, stock, points)


def _hand_in(settings: Settings, lab_name: str, size: int) -> dict[str, float]:
    lab = Lab.load(settings, lab_name)
    points: dict[str, float] = {}
    chosen = []
    with Grader(settings, lab) as grader:
        for sample in load_class(settings, lab_name):
            if len(chosen) == size:
                break
            cells = json.loads(_plain(settings, lab_name, sample).read_text("utf-8"))["cells"]
            record = grader.grade(sample.student, notebook_of(cells, sample.student)).record
            if record.status is Status.GRADED and not record.limits_hit:
                chosen.append((sample.student, cells, record))
    shutil.rmtree(settings.folder("submitted"))
    for number, (name, cells, record) in zip(range(size), itertools.cycle(chosen), strict=False):
        student = f"s{number:04d}-{name}"
        path = settings.folder("submitted") / student / lab_name / f"{lab_name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(notebook_of(cells, student))
        points[student] = _automatic(record)
    return points


def _automatic(record: Record) -> float:
    return sum(cell.points for cell in record.automatic)


def _plain(settings: Settings, lab_name: str, sample: Any) -> Path:
    """The sample's notebook as Jupyter would have saved it, whatever shape the class gives it."""

    @dataclass(frozen=True)
    class Plain:
        student: str = sample.student
        story: str = sample.story
        extra: tuple[str, ...] = ()
        shape: str = "plain"

        cells = sample.cells
        marks = sample.marks
        points = sample.points

    return hand_in(settings, lab_name, Plain())


def notebook_of(cells: list[dict[str, Any]], student: str) -> bytes:
    """A notebook whose code is nobody else's, so that nothing can be remembered between two."""
    mine = []
    for cell in cells:
        labels = cell["metadata"].get("nbgrader", {})
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and labels.get("solution"):
            source += f"\n# {student}"
        mine.append({**cell, "source": source})
    notebook = {
        "cells": mine,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook).encode()


def _make_stock(settings: Settings, lab_name: str, folder: Path) -> Path:
    """A course as nbgrader's users have it: the same notebooks, the checks in hidden cells."""
    folder.mkdir()
    (folder / "nbgrader_config.py").write_text(STOCK_CONFIG, encoding="utf-8")
    shutil.copytree(settings.folder("submitted"), folder / "submitted")
    path = settings.folder("source") / lab_name / f"{lab_name}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    checks = settings.root / "tests" / lab_name
    for cell in notebook["cells"]:
        labels = cell["metadata"].get("nbgrader", {})
        if labels.get("grade") and not labels.get("solution"):
            visible = HIDDEN.sub("", "".join(cell["source"])).rstrip()
            cell["source"] = CELL.format(
                places=[str(REPOSITORY), str(checks.parent)],
                visible=visible,
                folder=lab_name,
                grade_id=labels["grade_id"],
                secret=settings.secret,
            )
    target = folder / "source" / lab_name / f"{lab_name}.ipynb"
    target.parent.mkdir(parents=True)
    target.write_text(json.dumps(notebook), encoding="utf-8")
    return folder
