"""The marks that count, as nbgrader's gradebook has them: what exports are made from.

A manual mark wins over an automatic one, extra credit is added, and the late penalty is taken off
the sum, which never falls below zero. nbgrader works the penalty out while it grades; a mark that a
TA gives afterwards would escape it, so it is worked out anew before marks are handed on.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from course.config import Settings
from course.gradebook.adapter import nbgrader_api
from course.gradebook.cells import Cells
from course.gradebook.rows import penalty_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class CellMark:
    """One graded cell's marks; None where nobody has given one. `waits` for a TA's look."""

    grade_id: str
    max_points: float
    automatic: float | None
    manual: float | None
    extra: float | None
    waits: bool

    @property
    def is_marked(self) -> bool:
        """Whether there is any mark at all."""
        return self.manual is not None or self.automatic is not None

    @property
    def points(self) -> float:
        """What counts, as nbgrader reckons; 0 without any mark, whatever the extra credit."""
        if not self.is_marked:
            return 0.0
        given = self.manual if self.manual is not None else self.automatic
        return (given or 0.0) + (self.extra or 0.0)


@dataclass(frozen=True)
class Marks:
    """One submission's marks. `timestamp` is naive, in UTC; `penalty` in points.

    `notebook_id` is what formgrader calls it.
    """

    student: str
    cells: tuple[CellMark, ...]
    penalty: float
    timestamp: datetime | None
    notebook_id: str = ""
    seconds_late: float = 0.0

    @property
    def before_penalty(self) -> float:
        """The sum of the cells."""
        return math.fsum(cell.points for cell in self.cells)

    @property
    def total(self) -> float:
        """The final mark."""
        return max(0.0, self.before_penalty - self.penalty)


def charge_late(session: Session, settings: Settings, cells: Cells) -> tuple[str, ...]:
    """Work out every late penalty from the marks of now; for whom it changed."""
    changed = []
    for submission, notebook in _submissions(session, cells):
        penalty = penalty_of(settings, notebook)
        if abs((penalty or 0.0) - (notebook.late_submission_penalty or 0.0)) > 1e-6:
            notebook.late_submission_penalty = penalty
            changed.append(submission.student_id)
    return tuple(sorted(changed))


def marks_of(session: Session, cells: Cells) -> dict[str, Marks]:
    """Everybody's marks of one lab, by student, in the order of their names."""
    names = {cell_id: name for name, cell_id in cells.grade.items()}
    found = {}
    for submission, notebook in _submissions(session, cells):
        found[submission.student_id] = Marks(
            student=submission.student_id,
            cells=tuple(_cell(names[row.cell_id], row) for row in notebook.grades),
            penalty=notebook.late_submission_penalty or 0.0,
            timestamp=submission.timestamp,
            notebook_id=notebook.id,
            seconds_late=max(0.0, float(submission.total_seconds_late)),
        )
    return dict(sorted(found.items()))


def _cell(name: str, row: Any) -> CellMark:
    return CellMark(
        grade_id=name,
        max_points=row.cell.max_score,
        automatic=row.auto_score,
        manual=row.manual_score,
        extra=row.extra_credit,
        waits=bool(row.needs_manual_grade),
    )


def _submissions(session: Session, cells: Cells) -> Iterator[tuple[Any, Any]]:
    api = nbgrader_api()
    query = session.query(api.SubmittedNotebook).filter_by(notebook_id=cells.notebook_id)
    for notebook in query:
        yield notebook.assignment, notebook
