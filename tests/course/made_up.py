"""A class of any size, made up: records and notebooks as grading leaves them, and nothing graded.

`course_of(folder, lab)` is a course with that lab released, `write(settings, lab, works)` puts
everybody's record and notebook into place. Who is asked gets a verdict for each of the lab's real
checks, so that a page of hundreds is as large as a real one.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tiny import REPOSITORY

from course.config import Settings, load_settings
from course.judge.checks import Checks
from course.lab import Lab
from course.record import CellRecord, CheckRecord, Diagnosis, Outcome, Record, Status

ISOLATION = {"tier": "bwrap", "layers": ["bwrap"], "not_prevented": []}


@dataclass(frozen=True)
class Work:
    """One student: what was typed, by grade_id, and the checks that did not pass."""

    student: str
    typed: Mapping[str, str] = field(default_factory=dict)
    failed: Mapping[str, Outcome] = field(default_factory=dict)
    mistakes: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, object] = field(default_factory=dict)


def course_of(folder: Path) -> Settings:
    """A course with the repository's labs, in a folder of its own."""
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(REPOSITORY / name, folder)
    for name in ("source", "release"):
        shutil.copytree(REPOSITORY / name, folder / name)
    shutil.copytree(
        REPOSITORY / "tests" / "lab1",
        folder / "tests" / "lab1",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return load_settings(folder)


@cache
def _checks(folder: Path) -> Checks:
    return Checks(folder, "made up")


def record_of(lab: Lab, work: Work) -> Record:
    """A record with a verdict for each check of the lab."""
    cells = []
    for cell in lab.graded:
        if cell.kind == "written":
            answered = cell.grade_id in work.typed
            cells.append(_cell(cell.grade_id, cell.points, (), None, answered))
            continue
        checks = tuple(
            _check(each.name, each.title, each.max_points, work.failed.get(each.name))
            for each in _checks(lab.checks_folder).by_cell[cell.grade_id]
        )
        name = work.mistakes.get(cell.grade_id)
        named = Diagnosis(name=name, message=f"The mistake {name}.") if name else None
        cells.append(_cell(cell.grade_id, cell.points, checks, named))
    return Record.model_validate(
        {
            "student": work.student,
            "lab": lab.name,
            "status": Status.GRADED,
            "points": sum(cell.points for cell in cells),
            "max_points": lab.max_points,
            "cells": tuple(cells),
            "isolation": ISOLATION,
            "versions": {"course": "0.1.0", "numpy": "2.0"},
            "timings": {"run": 1.0},
            "source_hash": lab.source_hash,
            **work.parts,
        }
    )


def _check(name: str, title: str, most: float, outcome: Outcome | None) -> CheckRecord:
    verdict = outcome or Outcome.PASSED
    points = most if verdict is Outcome.PASSED else 0.0
    return CheckRecord(name=name, title=title, verdict=verdict, points=points, max_points=most)


def _cell(
    grade_id: str,
    most: float,
    checks: tuple[CheckRecord, ...],
    diagnosis: Diagnosis | None,
    answered: bool = True,
) -> CellRecord:
    return CellRecord(
        grade_id=grade_id,
        points=sum(check.points for check in checks),
        max_points=most,
        manual=not checks,
        answered=answered,
        checks=checks,
        diagnosis=diagnosis,
    )


def write(settings: Settings, lab: Lab, works: Iterable[Work]) -> None:
    """Put everybody's record and notebook where grading puts them."""
    for work in works:
        folder = settings.folder("autograded") / work.student / lab.name
        folder.mkdir(parents=True)
        (folder / "record.json").write_text(record_of(lab, work).to_json(), encoding="utf-8")
        cells = [
            {
                "cell_type": cell.cell_type,
                "metadata": {"nbgrader": dict(cell.metadata)} if cell.metadata else {},
                "source": work.typed.get(cell.grade_id, cell.release),
            }
            for cell in lab.cells
        ]
        path = folder / f"{lab.name}.ipynb"
        path.write_text(json.dumps({"cells": cells}), encoding="utf-8")


def crowd(lab: Lab, count: int, programs: Mapping[str, list[str]]) -> list[Work]:
    """Many students of all abilities, each with programs drawn from these."""
    dice = random.Random(5)
    checks = {
        cell.grade_id: [each.name for each in _checks(lab.checks_folder).by_cell[cell.grade_id]]
        for cell in lab.graded
        if cell.kind == "grade"
    }
    works = []
    for number in range(count):
        ability = dice.betavariate(4, 1.2)
        failed = {
            name: dice.choice([Outcome.FAILED, Outcome.FAILED, Outcome.ERROR])
            for names in checks.values()
            for name in names
            if dice.random() > ability
        }
        wrong = [cell for cell, names in checks.items() if failed.keys() & set(names)]
        works.append(
            Work(
                f"student-{number:03}",
                {name: dice.choice(texts) for name, texts in programs.items()},
                failed,
                {cell: f"mistake_{dice.randint(1, 30)}" for cell in wrong if dice.random() < 0.6},
            )
        )
    return works
