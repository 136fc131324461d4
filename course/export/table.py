"""All marks as one table: a line for each student, a column for each question and check."""

from __future__ import annotations

from collections.abc import Iterator

from course.export.sheet import Row, Sheet
from course.gradebook.totals import CellMark
from course.tables import Cell, write_table

_FIXED = (
    *("student", "name", "email", "standing", "score", "max_score", "score_so_far"),
    *("before_penalty", "late_penalty", "submitted_utc", "status", "repairs", "limits_hit"),
    "remark",
)


def table(sheet: Sheet) -> str:
    """The table as CSV. `score` is empty unless the mark is final; `score_so_far` is never."""
    checks = _checks(sheet)
    header: list[Cell] = [*_FIXED]
    for grade_id in sheet.points:
        header += [grade_id, f"{grade_id}:max"]
        header += [f"{grade_id}:{part}" for part in ("automatic", "manual", "extra")]
        header += [f"{grade_id}.{check}" for check in checks.get(grade_id, ())]
    return write_table([header, *(list(_line(sheet, row, checks)) for row in sheet.rows)])


def _checks(sheet: Sheet) -> dict[str, list[str]]:
    """The names of all checks, by cell, in the order in which records have them."""
    found: dict[str, dict[str, None]] = {}
    for row in sheet.rows:
        for cell in row.record.cells if row.record else ():
            found.setdefault(cell.grade_id, {}).update(dict.fromkeys(c.name for c in cell.checks))
    return {grade_id: list(names) for grade_id, names in found.items()}


def _line(sheet: Sheet, row: Row, checks: dict[str, list[str]]) -> Iterator[Cell]:
    marks, record = row.marks, row.record
    yield from (row.student, row.listed.name if row.listed else None)
    yield from (row.listed.email if row.listed else None, str(row.standing))
    yield from (marks.total if marks and row.is_final else None, sheet.max_points)
    yield from (marks.total if marks else None, marks.before_penalty if marks else None)
    yield marks.penalty if marks else None
    yield f"{marks.timestamp:%Y-%m-%d %H:%M:%S}" if marks and marks.timestamp else None
    yield str(record.status) if record else None
    yield len(record.repairs) if record else None
    yield len(record.limits_hit) if record else None
    yield row.reason or (record.reason if record else None)
    cells = {cell.grade_id: cell for cell in marks.cells} if marks else {}
    for grade_id, max_points in sheet.points.items():
        yield from _marks(cells.get(grade_id), max_points)
        given = {
            check.name: check.points
            for cell in (record.cells if record else ())
            if cell.grade_id == grade_id
            for check in cell.checks
        }
        yield from (given.get(check) for check in checks.get(grade_id, ()))


def _marks(cell: CellMark | None, max_points: float) -> Iterator[Cell]:
    yield cell.points if cell and cell.is_marked else None
    yield max_points
    yield from (cell.automatic, cell.manual, cell.extra) if cell else (None, None, None)
