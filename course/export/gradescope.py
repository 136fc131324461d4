"""Gradescope's results.json for each student: what its autograder would have written.

The format: gradescope-autograders.readthedocs.io, "Autograder Specifications", output format.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any

from course.config import Settings
from course.export.sheet import Row, Sheet
from course.gradebook.totals import CellMark
from course.record import CellRecord, Outcome
from course.reports.notebook import told
from course.reports.words import points

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the same marks give the same bytes


def results(row: Row, reveal: str) -> dict[str, Any]:
    """One student's results; `score` counts, and the tests show where it comes from."""
    assert row.marks is not None  # only final rows get here
    assert row.record is not None
    marks = {cell.grade_id: cell for cell in row.marks.cells}
    tests = [
        test
        for number, cell in enumerate(row.record.cells, 1)
        for test in _tests(number, cell, marks[cell.grade_id], reveal)
    ]
    return {
        "score": round(row.marks.total, 6),
        "output": "\n".join(_words(row)),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {
            "student": row.student,
            "lab": row.record.lab,
            "late_penalty": row.marks.penalty,
        },
    }


def _words(row: Row) -> list[str]:
    assert row.marks is not None
    assert row.record is not None
    lines = [row.record.reason] if row.record.reason else []
    lines += [repair.sentence for repair in row.record.repairs]
    lines += [hit.sentence for hit in row.record.limits_hit]
    if row.marks.penalty:
        lines.append(f"Handed in late: {points(row.marks.penalty)} points are taken off.")
    return lines


def _tests(number: int, cell: CellRecord, mark: CellMark, reveal: str) -> list[dict[str, Any]]:
    """A test for each check; one for the whole cell where a person's mark counts instead."""
    if cell.manual or mark.manual is not None or mark.extra:
        output = "marked by hand" if mark.manual is not None else ""
        output += f" (extra credit {points(mark.extra)})" if mark.extra else ""
        test = _test(str(number), cell.grade_id, mark.points, cell.max_points, output.strip())
        return [test | {"status": "passed" if mark.points >= cell.max_points else "failed"}]
    return [
        _test(
            f"{number}.{place}",
            check.title or check.name,
            check.points,
            check.max_points,
            "\n".join(told(check, reveal)),
        )
        | {"status": "passed" if check.verdict is Outcome.PASSED else "failed"}
        for place, check in enumerate(cell.checks, 1)
    ]


def _test(number: str, name: str, score: float, most: float, output: str) -> dict[str, Any]:
    return {
        "number": number,
        "name": name,
        "score": score,
        "max_score": most,
        "output": output,
        "output_format": "text",
        "visibility": "visible",
    }


def archive(sheet: Sheet, rows: Iterable[Row], settings: Settings) -> bytes:
    """A zip with STUDENT/results.json for everybody."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for row in rows:
            text = json.dumps(results(row, settings.reveal), indent=2, allow_nan=False)
            info = zipfile.ZipInfo(f"{sheet.lab}/{row.student}/results.json", _FIXED_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, text + "\n")
    return out.getvalue()
