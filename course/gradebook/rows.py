"""The rows of one submission in nbgrader's gradebook: its marks, comments and late penalty.

A handful of statements instead of nbgrader's hundred; what they leave behind is held against
nbgrader's own rows by a test.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from course.config import Settings
from course.errors import ConfigurationError
from course.gradebook.adapter import (
    cell_node,
    load_config,
    nbgrader_api,
    nbgrader_preprocessors,
    nbgrader_utils,
)
from course.gradebook.cells import Cells
from course.record import Record

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

NO_RESPONSE = "No response."  # nbgrader's words for an answer that is still the stub


@dataclass(frozen=True)
class Marks:
    """What grading says about one submission, by the grade_id of its cells.

    A score of None waits for a TA; a comment of None says nothing.
    """

    scores: Mapping[str, float | None]
    comments: Mapping[str, str | None]

    @classmethod
    def of(cls, record: Record, notebook: str) -> Self:
        """What nbgrader would find in the autograded notebook (`notebook`, as JSON)."""
        scores: dict[str, float | None] = {
            cell.grade_id: (None if cell.answered else 0.0) if cell.manual else cell.points
            for cell in record.cells
        }
        return cls(scores, dict(_comments(notebook)))

    @classmethod
    def none(cls, cells: Cells) -> Self:
        """No automatic marks at all."""
        return cls(dict.fromkeys(cells.grade), dict.fromkeys(cells.solution))


def _comments(notebook: str) -> Iterable[tuple[str, str | None]]:
    utils = nbgrader_utils()
    for node in map(cell_node, json.loads(notebook)["cells"]):
        labels = node.metadata.nbgrader
        if labels.get("solution"):
            is_stub = labels.get("checksum") == utils.compute_checksum(node)
            yield labels.grade_id, NO_RESPONSE if is_stub else None


def write(
    session: Session,
    settings: Settings,
    cells: Cells,
    student: str,
    marks: Marks,
    timestamp: datetime | None,
) -> None:
    """Write one submission, within the caller's transaction."""
    if marks.scores.keys() != cells.grade.keys() or marks.comments.keys() != cells.solution.keys():
        raise ConfigurationError(  # some cells would keep their old marks
            f"What was graded of {cells.lab_name} for {student} has other cells than the lab has "
            f"now: run `course autograde {cells.lab_name}` again."
        )
    api = nbgrader_api()
    notebook = _submitted(session, cells, student, timestamp)
    _complete(session, api.Grade, cells.grade.values(), notebook.id)
    _complete(session, api.Comment, cells.solution.values(), notebook.id)
    _update_grades(session, cells, notebook.id, marks)
    _update_comments(session, cells, notebook.id, marks)
    notebook.late_submission_penalty = penalty_of(settings, notebook)


def automatic_scores(session: Session, cells: Cells) -> dict[str, dict[str, float | None]]:
    """The automatic marks of a lab that are stored: by student, then by cell; in one query."""
    api = nbgrader_api()
    names = {cell_id: name for name, cell_id in cells.grade.items()}
    found: dict[str, dict[str, float | None]] = {}
    rows = (
        session.query(api.SubmittedAssignment.student_id, api.Grade.cell_id, api.Grade.auto_score)
        .join(
            api.SubmittedNotebook, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id
        )
        .join(api.Grade, api.Grade.notebook_id == api.SubmittedNotebook.id)
        .filter(api.SubmittedNotebook.notebook_id == cells.notebook_id)
    )
    for student, cell_id, score in rows:
        found.setdefault(student, {})[names[cell_id]] = score
    return found


def _submitted(session: Session, cells: Cells, student: str, timestamp: datetime | None) -> Any:
    """The rows of the student, the submission and its notebook, made if there are none."""
    api = nbgrader_api()
    if session.get(api.Student, student) is None:
        session.add(api.Student(id=student))
        session.flush()
    submission = _one(
        session, api.SubmittedAssignment, assignment_id=cells.assignment_id, student_id=student
    )
    if timestamp is not None:
        submission.timestamp = in_utc(timestamp)
    return _one(
        session,
        api.SubmittedNotebook,
        assignment_id=submission.id,
        notebook_id=cells.notebook_id,
    )


def _one(session: Session, table: Any, **keys: str) -> Any:
    """The row with these keys, made with nbgrader's defaults if there is none."""
    row = session.query(table).filter_by(**keys).one_or_none()
    if row is None:
        row = table(**keys)
        session.add(row)
        session.flush()
    return row


def _complete(session: Session, table: Any, cell_ids: Iterable[str], notebook_id: str) -> None:
    """Insert the rows of a submitted notebook that are not there yet, with nbgrader's defaults."""
    from sqlalchemy import insert

    found = session.query(table.cell_id).filter(table.notebook_id == notebook_id)
    there = {row[0] for row in found}
    missing = [
        {"cell_id": cell_id, "notebook_id": notebook_id}
        for cell_id in cell_ids
        if cell_id not in there
    ]
    if missing:
        session.execute(insert(table), missing)


def _update_grades(session: Session, cells: Cells, notebook_id: str, marks: Marks) -> None:
    from sqlalchemy import bindparam, or_, update

    grade = nbgrader_api().Grade.__table__.c
    # decided by the database itself, so that a mark which a TA gives at this moment counts
    needed = or_(grade.manual_score.is_not(None), bindparam("unknown"))
    change = (
        update(grade.id.table)
        .where(grade.notebook_id == notebook_id, grade.cell_id == bindparam("cell"))
        .values(auto_score=bindparam("score"), needs_manual_grade=needed)
    )
    rows = [
        {"cell": cells.grade[name], "score": score, "unknown": score is None}
        for name, score in marks.scores.items()
    ]
    if rows:
        session.connection().execute(change, rows)


def _update_comments(session: Session, cells: Cells, notebook_id: str, marks: Marks) -> None:
    from sqlalchemy import bindparam, update

    comment = nbgrader_api().Comment.__table__.c
    change = (
        update(comment.id.table)
        .where(comment.notebook_id == notebook_id, comment.cell_id == bindparam("cell"))
        .values(auto_comment=bindparam("words"))
    )
    rows = [
        {"cell": cells.solution[name], "words": words} for name, words in marks.comments.items()
    ]
    if rows:
        session.connection().execute(change, rows)


def penalty_of(settings: Settings, notebook: Any) -> float | None:
    """What a late submission loses, decided by the same plugin that nbgrader would ask."""
    submission = notebook.assignment
    if submission.timestamp is None or submission.assignment.duedate is None:
        return None
    late = submission.total_seconds_late
    if late <= 0:
        return None
    assigner = nbgrader_preprocessors().AssignLatePenalties
    try:
        assigner = assigner(config=load_config(settings))
        assigner.init_plugin()
        student, score = submission.student_id, notebook.score
        penalty = assigner.plugin_inst.late_submission_penalty(student, score, late)
        return None if penalty is None else float(min(max(penalty, 0.0), score))
    except Exception as error:  # an instructor's own plugin may raise anything
        raise ConfigurationError(
            f"The late penalty for {submission.student_id} cannot be worked out "
            f"({type(error).__name__}: {error}): mend c.AssignLatePenalties in course_config.py."
        ) from None


def in_utc(moment: datetime) -> datetime:
    """A moment as nbgrader stores it: in UTC, without saying so."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
