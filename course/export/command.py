"""What `course export` does: gather the marks, write the file, and say whose mark is not in it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import click

from course.config import Settings
from course.errors import ConfigurationError
from course.export import gradescope, lms
from course.export.sheet import Row, Sheet, Standing, gather
from course.export.table import table
from course.lab import Lab
from course.reports.terminal import visible
from course.reports.words import points
from course.roster import Roster, read_roster

FOLDER = "exports"


def export(
    settings: Settings,
    lab_name: str,
    to: str,
    *,
    into: Path | None = None,
    roster: Path | None = None,
    column: str = "",
    out_of: float | None = None,
) -> int:
    """Write a lab's marks; 1 when a mark that was handed in for is not final or not in the file.

    ConfigurationError when there are no marks, or the class list cannot serve this LMS.
    """
    lab = Lab.load(settings, lab_name)
    path = roster or (settings.root / settings.roster if settings.roster else None)
    if to in ("canvas", "moodle") and path is None:
        raise ConfigurationError(
            f"{to.title()} knows students by names of its own: name the list that it exported "
            "with --roster, or set c.Course.roster."
        )
    students = read_roster(path) if path else None
    sheet = gather(settings, lab, students)
    left_out = _left_out(sheet, to)
    rows = [row for row in sheet.rows if row.student not in left_out]
    content = _content(settings, sheet, rows, to, students, column, out_of)
    ending = "zip" if to == "gradescope" else "csv"
    place = into or settings.root / FOLDER / f"{lab_name}-{to}.{ending}"
    _write(place, content)
    _say(sheet, left_out, place, len(rows), to)
    unfinished = [
        row
        for row in sheet.rows
        if row.standing is not Standing.MISSING and (not row.is_final or row.student in left_out)
    ]
    return 1 if unfinished else 0


def _left_out(sheet: Sheet, to: str) -> dict[str, str]:
    """Whose mark is not handed on, and why; a table of one's own has everybody."""
    if to == "csv":
        return {}
    found = {row.student: row.said for row in sheet.rows if not row.is_final}
    if to != "gradescope":
        for row in sheet.rows:
            if row.is_final and row.listed is None:
                found[row.student] = "not on the class list"
            elif row.is_final and to == "moodle" and lms.locked_in_moodle(row):
                found[row.student] = "Moodle says that this grade cannot be changed"
    return found


def _content(
    settings: Settings,
    sheet: Sheet,
    rows: Sequence[Row],
    to: str,
    roster: Roster | None,
    column: str,
    out_of: float | None,
) -> bytes:
    if to == "csv":
        return table(sheet).encode()
    if to == "gradescope" or roster is None:
        return gradescope.archive(sheet, rows, settings)
    write = lms.canvas if to == "canvas" else lms.moodle
    return write(sheet, rows, roster, column, out_of or sheet.max_points).encode()


def _write(place: Path, content: bytes) -> None:
    if place.exists() and not place.is_file():  # replaced, a device would be gone for everybody
        raise ConfigurationError(f"{place} is no ordinary file: name another with --into.")
    new = place.with_name(f".{place.name}.new")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(content)
        os.replace(new, place)  # noqa: PTH105 (the same act, by its plain name)
    except OSError as error:
        raise ConfigurationError(
            f"{place} cannot be written ({error.strerror}): make room or name another with --into."
        ) from None


def _say(sheet: Sheet, left_out: dict[str, str], place: Path, written: int, to: str) -> None:
    click.echo(f"{place}: {written} students, {points(sheet.max_points)} points at most")
    if sheet.charged:
        names = visible(", ".join(sheet.charged), 2000)
        click.echo(f"Late penalties brought up to the marks of now: {names}")
    reasons = left_out or {row.student: row.said for row in sheet.rows if not row.is_final}
    told: dict[str, list[str]] = defaultdict(list)
    for student, reason in reasons.items():
        told[reason].append(student)
    verb = "Left out" if left_out else "Not final"
    for reason, students in told.items():
        names = visible(", ".join(students), 2000)
        click.echo(f"{verb}, {visible(reason, 400)}: {names}", err=True)
    if left_out and to in ("canvas", "moodle"):
        click.echo("The LMS keeps the marks that it has of them.", err=True)
