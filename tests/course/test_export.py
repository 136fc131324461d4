"""Marks leave the course right or not at all: tables, LMS imports and results.json."""

from __future__ import annotations

import csv
import io
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from offices import CANVAS, LATE, Office, open_office
from tiny import LAB, RIGHT, hand_in, nbgrader, refused

from course.export.command import export
from course.gradebook import Gradebook

office = pytest.fixture(open_office)


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
