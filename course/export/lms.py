"""What Canvas and Moodle import: the columns of the file that they exported, with the marks in it.

Only final marks are in these files. A student who is left out keeps the mark that the LMS has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from course.collect.plain import is_named_like
from course.errors import ConfigurationError
from course.export.sheet import Row, Sheet
from course.roster import Roster, Student, is_canvas, plain
from course.tables import Cell, defused, number, write_table

_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_WORKSHEET = ("identifier", "grade", "lastmodifiedgrade")
_MOODLE = {"username": "Username", "idnumber": "ID number", "emailaddress": "Email address"}
POINTS_POSSIBLE = "    Points Possible"


def canvas(sheet: Sheet, rows: Iterable[Row], roster: Roster, column: str, out_of: float) -> str:
    """Canvas's import, from the gradebook that it exported; ConfigurationError if that is not it.

    `column` is the assignment's, with its number; '' takes the only one that is called like the
    lab.
    """
    if not is_canvas(map(plain, roster.table.headers)):
        raise ConfigurationError(
            f"{roster.path} is not what Canvas exports (Student, ID, …, Section, assignments): "
            "export its gradebook and name that with --roster."
        )
    column = _canvas_column(sheet, roster, column)
    _refuse_other_maximum(roster.path.name, column, _points_possible(roster, column), out_of)
    headers = [each for each in _CANVAS if each in roster.table.headers]
    lines: list[Sequence[Cell]] = [
        [*headers, column],
        [POINTS_POSSIBLE, *[None] * (len(headers) - 1), out_of],
    ]
    for row, student in _listed(rows):
        identity = [student.columns[header] for header in headers]
        _refuse_odd(roster, student, [student.columns["ID"]])
        lines.append([*identity, _scaled(sheet, row, out_of)])
    return write_table(lines)


def _canvas_column(sheet: Sheet, roster: Roster, column: str) -> str:
    assignments = [each for each in roster.table.headers if re.search(r"\(\d+\)$", each)]
    fitting = [
        each
        for each in assignments
        if (each == column if column else is_named_like(f"{each[: each.rindex('(')]}.x", sheet.lab))
    ]
    if len(fitting) != 1:
        raise ConfigurationError(
            f"Which column of {roster.path.name} is {sheet.lab}? Name it with --column, one of: "
            f"{', '.join(map(repr, assignments)) or 'none has a number'}."
        )
    return fitting[0]


def _points_possible(roster: Roster, column: str) -> str:
    place = roster.table.headers.index(column)
    first = roster.table.headers.index(roster.column("student"))
    rows = (row for row in roster.table.rows if row[first].strip() == POINTS_POSSIBLE.strip())
    return next((row[place].strip() for row in rows), "")


def moodle(sheet: Sheet, rows: Iterable[Row], roster: Roster, column: str, out_of: float) -> str:
    """Moodle's grading worksheet with the grades in it, if the class list is one.

    Otherwise a table for the gradebook's import, where the columns are matched by hand.
    """
    places = {plain(header) for header in roster.table.headers}
    if places >= set(_WORKSHEET):
        return _worksheet(sheet, rows, roster, out_of)
    names = [name for header, name in _MOODLE.items() if header in places]
    if not names:
        raise ConfigurationError(
            f"{roster.path} has nothing that Moodle knows a student by (Username, ID number or "
            "Email address): name a grading worksheet or such a list with --roster."
        )
    lines: list[Sequence[Cell]] = [[*names, column or sheet.lab]]
    for row, student in _listed(rows):
        identity = [student.numbers.get(plain(name), "") for name in names]
        _refuse_odd(roster, student, identity)
        lines.append([*identity, _scaled(sheet, row, out_of)])
    return write_table(lines)


def _worksheet(sheet: Sheet, rows: Iterable[Row], roster: Roster, out_of: float) -> str:
    """Only its columns of words are left out, since importing them would change them."""
    words = ("feedback", "onlinetext")
    headers = [each for each in roster.table.headers if not plain(each).startswith(words)]
    grade, most = roster.column("grade"), roster.column("maximumgrade")
    lines: list[Sequence[Cell]] = [headers]
    for row, student in _listed(rows):
        if most:
            _refuse_other_maximum(roster.path.name, most, student.columns[most], out_of)
        _refuse_odd(roster, student, [student.columns[roster.column("identifier")]])
        marks = {grade: _scaled(sheet, row, out_of)}
        lines.append([marks.get(header, student.columns[header]) for header in headers])
    return write_table(lines)


def locked_in_moodle(row: Row) -> bool:
    """Whether Moodle says that it would not take this student's grade."""
    cells = row.listed.numbers if row.listed else {}
    return cells.get("gradecanbechanged", "").casefold() in ("no", "nein")


def _listed(rows: Iterable[Row]) -> Iterable[tuple[Row, Student]]:
    return ((row, row.listed) for row in rows if row.listed is not None)


def _scaled(sheet: Sheet, row: Row, out_of: float) -> float:
    total = row.marks.total if row.marks else 0.0
    return round(total * out_of / sheet.max_points, 5)


def _refuse_other_maximum(file: str, column: str, said: str, out_of: float) -> None:
    """A mark out of 15 that an LMS takes to be out of 100 would be a wrong mark."""
    try:
        most = float(said.replace(",", "."))
    except ValueError:
        return
    if abs(most - out_of) > 1e-6:
        raise ConfigurationError(
            f"{file} says that {column!r} has at most {said} points, and these marks are out of "
            f"{number(out_of)}: make them equal there, or add --out-of {number(most)}."
        )


def _refuse_odd(roster: Roster, student: Student, identity: Sequence[str]) -> None:
    """An id that a spreadsheet would run cannot be defused: the LMS would not know it any more."""
    for text in identity:
        if defused(text) != text:
            raise ConfigurationError(
                f"{roster.path} calls {student.id} {text!r}, which a spreadsheet would run as a "
                "formula: take another column for this."
            )
