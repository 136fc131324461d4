"""Marks in the form that each LMS imports."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from offices import CANVAS, MOODLE, Office, open_office
from tiny import refused

office = pytest.fixture(open_office)


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
