"""What TAs wrote about a class's cells in formgrader, with one query for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course.gradebook.adapter import nbgrader_api
from course.gradebook.cells import Cells

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def comments_of(session: Session, cells: Cells) -> dict[str, dict[str, str]]:
    """Comments by hand on one lab: by student, then by the name of the cell."""
    api = nbgrader_api()
    names = {cell_id: name for name, cell_id in cells.solution.items()}
    comment, notebook, submission = api.Comment, api.SubmittedNotebook, api.SubmittedAssignment
    query = (
        session.query(submission.student_id, comment.cell_id, comment.manual_comment)
        .select_from(comment)
        .join(notebook, comment.notebook_id == notebook.id)
        .join(submission, notebook.assignment_id == submission.id)
        .filter(notebook.notebook_id == cells.notebook_id)
    )
    found: dict[str, dict[str, str]] = {}
    for student, cell_id, words in query:
        if words and words.strip() and cell_id in names:
            found.setdefault(student, {})[names[cell_id]] = words
    return found
