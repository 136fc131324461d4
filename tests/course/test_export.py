"""Marks leave the course right or not at all: tables, LMS imports and results.json."""

from __future__ import annotations

import atexit
import csv
import io
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from gradebooks import ANSWER, PLUGIN
from tiny import HALF, LAB, RIGHT, grade, hand_in, nbgrader, refused, write_course

from course.config import Settings, load_settings
from course.export.command import export
from course.gradebook import Gradebook
from course.release import release

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
    folder = Path(tempfile.mkdtemp(prefix="exports-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_course(folder)
    (folder / "late_tiny.py").write_text(PLUGIN, encoding="utf-8")
    with (folder / "course_config.py").open("a", encoding="utf-8") as file:
        file.write('c.AssignLatePenalties.plugin_class = "late_tiny.TenthADay"\n')
    settings = load_settings(folder)
    release(settings, LAB)
    hand_in(folder, "ada", {**RIGHT, **ANSWER})
    hand_in(folder, "ben", HALF)
    hand_in(folder, "cy", RIGHT, timestamp=LATE)
    hand_in(folder, "dee", {}).write_text("no notebook")
    grade(settings)
    return folder


@pytest.fixture
def office(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Office:
    folder = shutil.copytree(graded(), tmp_path / "course")
    monkeypatch.syspath_prepend(folder)
    return Office(load_settings(folder), capsys)


# --- the table -----------------------------------------------------------------------------------


def test_the_table_has_every_mark(office: Office) -> None:
    rows = office.table()
    assert list(rows) == ["ada", "ben", "cy", "dee"]
    ben = rows["ben"]
    assert ben["standing"] == "final"
    assert {key: ben[key] for key in list(ben)[4:12]} == {
        "score": "3.5",
        "max_score": "15",
        "score_so_far": "3.5",
        "before_penalty": "3.5",
        "late_penalty": "0",
        "submitted_utc": "",
        "status": "graded",
        "repairs": "0",
    }
    assert {key: ben[key] for key in list(ben)[14:]} == {
        "test_double": "1",
        "test_double:max": "4",
        "test_double:automatic": "1",
        "test_double:manual": "",
        "test_double:extra": "",
        "test_double.test_of_zero": "1",
        "test_double.test_of_others": "0",
        "test_mean": "2.5",
        "test_mean:max": "6",
        "test_mean:automatic": "2.5",
        "test_mean:manual": "",
        "test_mean:extra": "",
        "test_mean.test_of_one": "2.5",
        "test_mean.test_of_many": "0",
        "answer_why": "0",
        "answer_why:max": "5",
        "answer_why:automatic": "0",
        "answer_why:manual": "",
        "answer_why:extra": "",
    }
    assert (rows["ada"]["score"], rows["ada"]["score_so_far"]) == ("", "10")
    assert rows["ada"]["standing"] == "waits for marking"
    assert rows["ada"]["remark"] == "to be looked at in formgrader: answer_why"
    assert rows["cy"]["submitted_utc"] == "2027-02-03 23:59:00"
    assert (rows["cy"]["score"], rows["cy"]["late_penalty"]) == ("8", "2")
    assert (rows["dee"]["score"], rows["dee"]["status"]) == ("0", "zero")
    assert rows["dee"]["remark"].startswith("The file")
    assert "Not final, waits for marking" in office.err


def test_who_is_missing_stands_in_the_table_without_a_mark(office: Office) -> None:
    rows = office.table(roster=CANVAS)
    assert (rows["grace"]["standing"], rows["grace"]["score"]) == ("nothing handed in", "")
    assert rows["ben"]["name"] == "'=cmd|' /C calc'!A0"
    assert "nothing handed in: grace" in office.err


def test_marks_by_a_person_count_and_so_does_their_lateness(office: Office) -> None:
    office.mark("ada", "answer_why", 4.5)
    office.mark("cy", "answer_why", 5.0)
    rows = office.table(code=0)
    assert rows["ada"]["score"] == "14.5"
    assert rows["ada"]["answer_why:manual"] == "4.5"
    assert (rows["cy"]["before_penalty"], rows["cy"]["late_penalty"]) == ("15", "3")
    assert rows["cy"]["score"] == "12"
    assert "brought up to the marks of now: cy" in office.out
    office.table(code=0)
    assert "brought up" not in office.out


@pytest.mark.slow
def test_the_totals_are_nbgraders_own(office: Office) -> None:
    office.mark("ada", "answer_why", 4.5)
    office.mark("cy", "test_mean", 5.25)
    ours = {name: float(row["score"]) for name, row in office.table(code=0).items()}
    nbgrader("export", "--to=theirs.csv", cwd=office.settings.root)
    with (office.settings.root / "theirs.csv").open() as file:
        theirs = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert ours == pytest.approx(theirs)


# --- what keeps a mark from being final ----------------------------------------------------------


def reset(office: Office) -> None:
    with Gradebook(office.settings) as gradebook:
        gradebook.reset("ben", LAB)


def lose_record(office: Office) -> None:
    (office.settings.root / "autograded/ben" / LAB / "record.json").unlink()


def hand_in_again(office: Office) -> None:
    hand_in(office.settings.root, "ben", RIGHT)


def change_time(office: Office) -> None:
    (office.settings.root / "submitted/ben" / LAB / "timestamp.txt").write_text(LATE)


def spoil_time(office: Office) -> None:
    (office.settings.root / "submitted/ben" / LAB / "timestamp.txt").write_text("yesterday")


def leave_halfway(office: Office) -> None:
    """As a kill of `course collect` does that comes between its two renames."""
    folder = office.settings.root / "submitted/ben" / LAB
    folder.rename(folder.with_name(f".{LAB}.old"))


def change_mark(office: Office) -> None:
    office.sql(
        "update grade set auto_score = 6 where auto_score = 2.5 and cell_id = "
        "(select id from base_cell where name = 'test_mean')"
    )


SPOILED: dict[str, tuple[Callable[[Office], None], str, str]] = {
    "reset": (reset, "to be graded again", "disagree about test_double"),
    "no record": (lose_record, "not graded", "through a fault of ours"),
    "halfway": (leave_halfway, "to be graded again", "run `course collect` again"),
    "again": (hand_in_again, "to be graded again", "another notebook was handed in"),
    "time": (change_time, "to be graded again", "its time was changed"),
    "no time": (spoil_time, "to be graded again", "says 'yesterday', which is no time"),
    "mark": (change_mark, "to be graded again", "disagree about test_mean"),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_mark_in_doubt_is_in_no_lms_and_never_a_zero(name: str, office: Office) -> None:
    spoil, standing, reason = SPOILED[name]
    spoil(office)
    row = office.table()["ben"]
    assert (row["score"], row["standing"]) == ("", standing)
    assert reason in row["remark"]
    text = office.export("canvas", 1, roster=CANVAS).decode()
    assert ",ben," not in text
    assert reason in office.err
    names = zipfile.ZipFile(io.BytesIO(office.export("gradescope", 1))).namelist()
    assert "tiny/ben/results.json" not in names


def test_handed_in_and_never_graded_is_no_zero(office: Office) -> None:
    hand_in(office.settings.root, "new", RIGHT)
    assert office.table()["new"]["standing"] == "not graded"
    assert office.table()["new"]["score"] == ""


# --- Canvas --------------------------------------------------------------------------------------


def test_canvas_gets_the_columns_that_it_exported(office: Office) -> None:
    text = office.export("canvas", 1, roster=CANVAS).decode()
    assert text == (
        "Student,ID,SIS User ID,SIS Login ID,Section,Tiny (77)\r\n"
        "    Points Possible,,,,,15\r\n"
        '\'=cmd|\' /C calc\'!A0,302,S2,ben,"M, ""o"" 1",3.5\r\n'
        '"Curie, Ève",303,S3,cy,Monday,8\r\n'
        "Dee,304,S4,dee,,0\r\n"
    )
    assert "Left out, waits for marking" in office.err
    assert "Left out, nothing handed in: grace" in office.err
    assert "The LMS keeps the marks that it has of them." in office.err


def test_everybody_final_is_exit_0(office: Office) -> None:
    office.mark("ada", "answer_why", 5)
    assert b"301,S1,ada,Monday,15\r\n" in office.export("canvas", 0, roster=CANVAS)
    assert office.err.splitlines()[0] == "Left out, nothing handed in: grace"


def test_marks_are_scaled_only_when_asked(office: Office) -> None:
    roster = CANVAS.replace(",,,,,15,9,", ",,,,,100,9,")
    refused(lambda: office.export("canvas", 1, roster=roster), "at most 100 points", "--out-of 100")
    text = office.export("canvas", 1, roster=roster, out_of=100.0).decode()
    assert "    Points Possible,,,,,100\r\n" in text
    assert ',ben,"M, ""o"" 1",23.33333\r\n' in text


CANVAS_BAD: dict[str, tuple[str, str, str]] = {
    "no canvas": ("student_id,name\nada,Ada\n", "", "is not what Canvas exports"),
    "no column": (CANVAS.replace("Tiny (77)", "Homework (77)"), "", "--column"),
    "wrong column": (CANVAS, "Tiny", "'Tiny (77)', 'Lab 2 (78)'"),
    "two columns": (CANVAS.replace("Lab 2 (78)", "tiny (78)"), "", "Which column"),
    "others": (
        CANVAS.replace(",ada,", ",a,")
        .replace(",ben,", ",b,")
        .replace(",cy,", ",c,")
        .replace(",dee,", ",d,"),
        "",
        "Nobody who is graded (ada, ben, cy, …)",
    ),
    "odd id": (CANVAS.replace(",302,", ",=302,"), "", "'=302'"),
}


@pytest.mark.parametrize("name", CANVAS_BAD)
def test_a_list_that_canvas_would_not_know_is_a_sentence(name: str, office: Office) -> None:
    roster, column, words = CANVAS_BAD[name]
    act = lambda: office.export("canvas", 1, roster=roster, column=column)  # noqa: E731
    refused(act, "class.csv", words)
    assert not (office.settings.root / "marks").exists()


def test_a_column_can_be_named(office: Office) -> None:
    text = office.export("canvas", 1, roster=CANVAS, column="Lab 2 (78)", out_of=9.0).decode()
    assert text.startswith("Student,ID,SIS User ID,SIS Login ID,Section,Lab 2 (78)\r\n")


def test_an_lms_needs_a_class_list(office: Office) -> None:
    for to in ("canvas", "moodle"):
        refused(lambda to=to: office.export(to, 1), to.title(), "--roster")  # type: ignore[misc]


# --- Moodle --------------------------------------------------------------------------------------


def test_moodles_worksheet_comes_back_with_grades(office: Office) -> None:
    text = office.export("moodle", 1, roster=MOODLE).decode()
    assert text == (
        "Identifier,Full name,Username,Email address,Status,Grade,Maximum Grade,"
        "Grade can be changed,Last modified (submission),Last modified (grade)\r\n"
        'Participant 72,"Ben, =x",ben,b@example.org,Submitted for grading,3.5,15.00,Yes,'
        '"Saturday, 30 January 2027, 8:00 AM",-\r\n'
        "Participant 74,Dee,dee,d@example.org,Submitted for grading,0,15.00,Yes,-,-\r\n"
    )
    assert "Moodle says that this grade cannot be changed: cy" in office.err


def test_moodles_worksheet_of_another_maximum_is_refused(office: Office) -> None:
    roster = MOODLE.replace(",15.00,", ',"100,00",')
    refused(lambda: office.export("moodle", 1, roster=roster), "at most 100,00", "--out-of 100")


def test_any_list_with_logins_or_mails_serves_moodles_gradebook(office: Office) -> None:
    roster = "student_id,Username,Email address\nben,bb,b@example.org\ncy,cc,c@example.org\n"
    text = office.export("moodle", 1, roster=roster, column="Lab").decode()
    assert text == ("Username,Email address,Lab\r\nbb,b@example.org,3.5\r\ncc,c@example.org,8\r\n")
    assert "Left out, not on the class list: dee" in office.err
    refused(lambda: office.export("moodle", 1, roster="student_id,x\nben,1\n"), "Username")


# --- Gradescope ----------------------------------------------------------------------------------


def test_gradescope_gets_results_for_each_student(office: Office) -> None:
    office.mark("ada", "answer_why", 4.5)
    with zipfile.ZipFile(io.BytesIO(office.export("gradescope", 0))) as file:
        said = {name.split("/")[1]: json.loads(file.read(name)) for name in file.namelist()}
    assert list(said) == ["ada", "ben", "cy", "dee"]
    assert [said[name]["score"] for name in said] == [14.5, 3.5, 8, 0]
    assert said["cy"]["output"] == "Handed in late: 2 points are taken off."
    tests = {each["number"]: each for each in said["ben"]["tests"]}
    assert tests["1.1"] == {
        "number": "1.1",
        "name": "Twice nothing is nothing.",
        "score": 1,
        "max_score": 1,
        "output": "",
        "output_format": "text",
        "visibility": "visible",
        "status": "passed",
    }
    assert tests["1.2"]["status"] == "failed"
    assert tests["1.2"]["output"]
    assert said["ada"]["tests"][-1]["score"] == 4.5
    assert said["ada"]["tests"][-1]["output"] == "marked by hand"
    assert sum(each["score"] for each in said["ada"]["tests"]) == said["ada"]["score"]
    assert said["dee"]["output"].startswith("The file")
    assert "expected" not in json.dumps(said)


# --- bad input -----------------------------------------------------------------------------------


def test_no_marks_are_a_sentence(office: Office) -> None:
    for path in ("gradebook.db", "autograded"):
        target = office.settings.root / path
        shutil.rmtree(target) if target.is_dir() else target.unlink()
    refused(lambda: office.export("csv", 0), "autograde")


def test_a_place_that_cannot_be_written_is_a_sentence(office: Office) -> None:
    (office.settings.root / "file").write_text("")
    into = office.settings.root / "file" / "marks.csv"
    refused(lambda: export(office.settings, LAB, "csv", into=into), "cannot be written", "--into")


def test_without_a_place_marks_go_where_git_does_not_look(office: Office) -> None:
    assert export(office.settings, LAB, "csv") == 1
    assert (office.settings.root / "exports" / "tiny-csv.csv").is_file()
    ignored = (Path(__file__).parents[2] / ".gitignore").read_text().splitlines()
    assert {"/exports/", "/collected/", "/submitted/"} <= set(ignored)


def test_what_is_no_ordinary_file_is_not_replaced(office: Office) -> None:
    os.mkfifo(office.settings.root / "marks")
    refused(lambda: office.export("csv", 0), "is no ordinary file", "--into")
    assert (office.settings.root / "marks").is_fifo()
    assert not list(office.settings.root.glob(".marks*"))
