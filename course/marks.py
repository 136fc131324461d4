"""What each graded cell is worth: by its checks, or later by a TA.

The points of a lab stand in two places, the grade cells and the checks' weights. They must agree
before anything is graded.
"""

from __future__ import annotations

from collections.abc import Sequence

from course.errors import ConfigurationError
from course.judge.checks import Checks, silent
from course.judge.verdict import Verdict, award
from course.lab import Lab, LabCell
from course.record import CellRecord


def refuse_misfits(lab: Lab, checks: Checks) -> None:
    """Refuse a lab whose checks do not give each grade cell exactly its points."""
    cells = {cell.grade_id: cell.points for cell in lab.graded if cell.kind == "grade"}
    folder = lab.checks_folder
    for grade_id, points in cells.items():
        weight = sum(check.max_points for check in checks.by_cell.get(grade_id, ()))
        if grade_id not in checks.by_cell:
            raise ConfigurationError(
                f"The grade cell {grade_id} has no checks: write {folder / grade_id}.py."
            )
        if abs(weight - points) > 1e-9:
            raise ConfigurationError(
                f"The checks in {folder / grade_id}.py are worth {weight:g} points together, "
                f"but their grade cell has {points:g}: make them equal."
            )
    for grade_id in checks.by_cell:
        if grade_id not in cells:
            raise ConfigurationError(
                f"{folder / grade_id}.py has checks, but {lab.name} has no grade cell {grade_id}."
            )


def graded(lab_cell: LabCell, verdicts: Sequence[Verdict], checks: Checks) -> CellRecord:
    """The record of a cell that checks have judged."""
    awarded = award(checks.by_cell[lab_cell.grade_id], verdicts)
    return CellRecord(
        grade_id=lab_cell.grade_id,
        points=sum(check.points for check in awarded),
        max_points=lab_cell.points,
        checks=awarded,
    )


def written(lab_cell: LabCell, answered: bool) -> CellRecord:
    """The record of a written answer, which a TA will mark."""
    return CellRecord(
        grade_id=lab_cell.grade_id,
        points=0.0,
        max_points=lab_cell.points,
        manual=True,
        answered=answered,
    )


def checks_not_run(checks: Checks, lab_cell: LabCell, reason: str) -> list[Verdict]:
    """A verdict for each check of a cell that was never reached."""
    return [silent(check, reason) for check in checks.by_cell[lab_cell.grade_id]]
