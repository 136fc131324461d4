"""An office from which marks leave: a course that has been graded, and what was printed of them."""

from __future__ import annotations

import csv
import io
import shutil
import sqlite3
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from gradebooks import ANSWER, late_course
from tiny import HALF, LAB, RIGHT, grade, hand_in

from course.config import Settings, load_settings
from course.export.command import export

LATE = "2027-02-03 23:59:00 UTC"  # two days: a fifth of the marks

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Tiny (77),Lab 2 (78),Current Score
    Points Possible,,,,,15,9,(read only)
"Lovelace, Ada",301,S1,ada,Monday,,,
"=cmd|' /C calc'!A0",302,S2,ben,"M, ""o"" 1",,,
"Curie, Ève",303,S3,cy,Monday,,,
Dee,304,S4,dee,,,,
Grace,306,S6,grace,,,,
"""
MOODLE = """\
Identifier,Full name,Username,Email address,Status,Grade,Maximum Grade,Grade can be changed,\
Last modified (submission),Last modified (grade),Feedback comments
Participant 71,Ada,ada,a@example.org,Submitted for grading,,15.00,Yes,-,-,
Participant 72,"Ben, =x",ben,b@example.org,Submitted for grading,,15.00,Yes,\
"Saturday, 30 January 2027, 8:00 AM",-,=evil
Participant 73,Cy,cy,c@example.org,Submitted for grading,,15.00,No,-,-,
Participant 74,Dee,dee,d@example.org,Submitted for grading,,15.00,Yes,-,-,
"""


@dataclass
class Office:
    """A graded course of its own for one test, and what was printed last."""

    settings: Settings
    capsys: pytest.CaptureFixture[str]
    out: str = ""
    err: str = ""

    def export(self, to: str, code: int, **options: Any) -> bytes:
        into = self.settings.root / "marks"
        if isinstance(options.get("roster"), str):
            path = self.settings.root / "class.csv"
            path.write_text(options["roster"], encoding="utf-8")
            options["roster"] = path
        ended = export(self.settings, LAB, to, into=into, **options)
        self.out, self.err = self.capsys.readouterr()
        assert ended == code, self.out + self.err
        return into.read_bytes()

    def table(self, code: int = 1, **options: Any) -> dict[str, dict[str, str]]:
        text = self.export("csv", code, **options).decode()
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        return {row["student"]: row for row in rows}

    def sql(self, statement: str, *values: Any) -> None:
        database = sqlite3.connect(self.settings.root / "gradebook.db")
        with database:
            changed = database.execute(statement, values).rowcount
        database.close()
        assert changed == 1

    def mark(self, student: str, cell: str, points: float) -> None:
        """What a TA does in formgrader."""
        self.sql(
            "update grade set manual_score = ?, needs_manual_grade = 0 where cell_id = "
            "(select id from base_cell where name = ?) and notebook_id = "
            "(select n.id from submitted_notebook n join submitted_assignment a "
            "on a.id = n.assignment_id where a.student_id = ?)",
            points,
            cell,
            student,
        )


@cache
def graded() -> Path:
    settings = late_course("exports-")
    folder = settings.root
    hand_in(folder, "ada", {**RIGHT, **ANSWER})
    hand_in(folder, "ben", HALF)
    hand_in(folder, "cy", RIGHT, timestamp=LATE)
    hand_in(folder, "dee", {}).write_text("no notebook")
    grade(settings)
    return folder


def open_office(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Office:
    """A fixture, for each file that needs one: `office = pytest.fixture(open_office)`."""
    folder = shutil.copytree(graded(), tmp_path / "course")
    monkeypatch.syspath_prepend(folder)
    return Office(load_settings(folder), capsys)
