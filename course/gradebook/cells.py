"""What nbgrader's gradebook knows of a lab: its due date, its notebook and its labelled cells.

`nbgrader generate_assignment` stores these rows while it makes a release. Here they are worked out
from the source and the release notebooks, so that grading a class never depends on somebody having
run that command with this database; the rows are the same.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from course.config import Settings
from course.errors import ConfigurationError
from course.gradebook.adapter import cell_node, nbgrader_api, nbgrader_utils

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Cells:
    """The rows that a submission of a lab refers to: database ids, for cells by grade_id."""

    lab_name: str
    assignment_id: str
    notebook_id: str
    grade: Mapping[str, str]
    solution: Mapping[str, str]


def cells_of(session: Session, lab_name: str) -> Cells:
    """The rows of a registered lab; ConfigurationError when it is not registered."""
    api = nbgrader_api()
    found = (
        session.query(api.Notebook)
        .join(api.Assignment)
        .filter(api.Notebook.name == lab_name, api.Assignment.name == lab_name)
        .one_or_none()
    )
    if found is None:
        raise ConfigurationError(
            f"The gradebook does not know {lab_name}: run `course autograde {lab_name}`."
        )
    return Cells(
        lab_name,
        found.assignment_id,
        found.id,
        {cell.name: cell.id for cell in found.grade_cells},
        {cell.name: cell.id for cell in found.solution_cells},
    )


def register(session: Session, settings: Settings, lab_name: str) -> None:
    """Bring the rows of a lab to what its notebooks say now, within the caller's transaction."""
    api = nbgrader_api()
    source = _read(settings, "source", lab_name)
    labelled = _labelled(source, _read(settings, "release", lab_name))
    assignment = _assignment(session, settings, lab_name)
    notebook = _notebook(session, assignment, lab_name)
    notebook.kernelspec = json.dumps(source["metadata"].get("kernelspec", {}))
    session.flush()
    wanted: dict[Any, dict[str, dict[str, Any]]] = {
        api.GradeCell: {
            name: _grade(cell) for name, cell in labelled.items() if _is(cell, "grade")
        },
        api.SolutionCell: {name: {} for name, cell in labelled.items() if _is(cell, "solution")},
        api.TaskCell: {},
        api.SourceCell: {name: _source(cell) for name, cell in labelled.items()},
    }
    for table, rows in wanted.items():
        _bring(session, table, notebook, rows)
    _index(session)


def _index(session: Session) -> None:
    """Let a submission's rows be found without reading the whole class's.

    nbgrader's indexes of these two tables begin with the cell, so that each of its own questions
    for a submission takes longer with every submission that there is.
    """
    from sqlalchemy import text

    connection = session.connection()
    if connection.dialect.name in ("sqlite", "postgresql"):
        for table in ("grade", "comment"):
            name = f"course_{table}_by_notebook"
            connection.execute(text(f"create index if not exists {name} on {table} (notebook_id)"))


def _assignment(session: Session, settings: Settings, lab_name: str) -> Any:
    api = nbgrader_api()
    found = session.query(api.Assignment).filter_by(name=lab_name).one_or_none()
    if found is None:
        found = api.Assignment(name=lab_name, course_id=settings.course_id)
        session.add(found)
    if lab_name in settings.due:  # else whatever was set in formgrader stays
        found.duedate = settings.due[lab_name].astimezone(UTC).replace(tzinfo=None)
    return found


def _notebook(session: Session, assignment: Any, lab_name: str) -> Any:
    api = nbgrader_api()
    session.flush()
    found = (
        session.query(api.Notebook)
        .filter_by(name=lab_name, assignment_id=assignment.id)
        .one_or_none()
    )
    if found is None:
        found = api.Notebook(name=lab_name, assignment=assignment)
        session.add(found)
    return found


def _bring(
    session: Session, table: Any, notebook: Any, wanted: Mapping[str, Mapping[str, Any]]
) -> None:
    """Make the rows of one kind of cell those that are wanted; what stays keeps its id."""
    there = {row.name: row for row in session.query(table).filter_by(notebook_id=notebook.id)}
    if there.keys() != wanted.keys():
        _refuse_if_graded(session, notebook, there.keys() ^ wanted.keys())
    for name in there.keys() - wanted.keys():
        session.delete(there[name])
    for name, values in wanted.items():
        row = there.get(name) or table(name=name, notebook_id=notebook.id)
        for column, value in values.items():
            setattr(row, column, value)
        session.add(row)
    session.flush()


def _refuse_if_graded(session: Session, notebook: Any, names: Collection[str]) -> None:
    api = nbgrader_api()
    if session.query(api.SubmittedNotebook).filter_by(notebook_id=notebook.id).first() is not None:
        raise ConfigurationError(
            f"{notebook.name} has gained or lost the cells {', '.join(sorted(names))} although the "
            "gradebook holds submissions of it: undo that, or release it under another name."
        )


def _read(settings: Settings, step: str, lab_name: str) -> dict[str, Any]:
    path = settings.folder(step) / lab_name / f"{lab_name}.ipynb"
    try:
        notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{path} cannot be read ({error}): run `course release {lab_name}`."
        ) from None
    return notebook


def _labelled(source: Mapping[str, Any], release: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The cells that nbgrader labels, in order, as it stores them.

    That is as released, but for the code cells that are graded: they are stored before their
    hidden region is taken out. An nbgrader without our judge puts that region back, and by it
    such a cell fails instead of passing on its visible part.
    """
    hidden = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell["source"]
        for cell in source["cells"]
        if _is(cell, "grade") and not _is(cell, "solution")
    }
    found = {}
    for cell in release["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name and (_is(cell, "grade") or _is(cell, "solution") or _is(cell, "locked")):
            found[name] = {**cell, "source": "".join(hidden.get(name, cell["source"]))}
    return found


def _is(cell: Mapping[str, Any], label: str) -> bool:
    return bool(cell["metadata"].get("nbgrader", {}).get(label))


def _grade(cell: Mapping[str, Any]) -> dict[str, Any]:
    points = float(cell["metadata"]["nbgrader"]["points"])
    return {"max_score": points, "cell_type": cell["cell_type"]}


def _source(cell: Mapping[str, Any]) -> dict[str, Any]:
    utils, node = nbgrader_utils(), cell_node(cell)
    return {
        "cell_type": node.cell_type,
        "locked": bool(utils.is_locked(node)),
        "source": node.source,
        "checksum": utils.compute_checksum(node),
    }
