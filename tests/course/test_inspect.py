"""`course inspect`: a record in the terminal, by path or by name, or one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny import refused

from course import cli
from course.errors import ConfigurationError
from course.record import Record
from course.reports import inspection, records

CHECK = {
    "name": "test_of_others",
    "title": "Twice\x1b[31m is a sum.",
    "verdict": "failed",
    "points": 0,
    "max_points": 3,
    "message": "double gives [bold]another[/bold] value.",
    "evidence": {"call": "double(3.5)", "expected": "7.0", "got": "0.0"},
}
CELL = {
    "grade_id": "test_double",
    "points": 0,
    "max_points": 3,
    "checks": [CHECK],
    "diagnosis": {"name": "doubles_nothing", "message": "It gives 0."},
}
RECORD = Record.model_validate(
    {
        "student": "ada",
        "lab": "tiny",
        "status": "graded",
        "max_points": 8,
        "cells": [CELL, {"grade_id": "answer", "points": 0, "max_points": 5, "manual": True}],
        "repairs": [{"rule": "moved", "cell": "double", "sentence": "A cell was moved back."}],
        "isolation": {"tier": "landlock", "not_prevented": ["reading files"]},
        "submission_hash": "0123456789abcdef",
    }
)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "course_config.py").write_text("c = get_config()\n", encoding="utf-8")
    store(tmp_path, "tiny")
    return tmp_path


def store(course: Path, lab: str) -> Path:
    folder = course / "autograded" / "ada" / lab
    folder.mkdir(parents=True)
    path = folder / "record.json"
    path.write_text(RECORD.model_copy(update={"lab": lab}).to_json(), encoding="utf-8")
    return path


def inspect(course: Path, *arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["inspect", *arguments, "--course-dir", str(course)])
    assert ended.value.code == 0


@pytest.mark.parametrize(
    "arguments",
    [("ada", "tiny"), ("{}/ada",), ("{}/ada/tiny",), ("{}/ada/tiny/record.json",)],
)
def test_a_record_is_shown_whole_and_as_text(
    course: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    inspect(course, *(each.format(course / "autograded") for each in arguments))
    shown = " ".join(capsys.readouterr().out.split())
    for part in (
        "tiny · ada: 0 of 3 automatic points; 5 more are marked by hand",
        "A cell was moved back.",
        "test_double 0 / 3",
        "doubles_nothing: It gives 0.",
        "not right 0/3 Twice\\x1b[31m is a sum.",
        "[bold]another[/bold]",
        "call: double(3.5) expected: 7.0 got: 0.0",
        "answer marked by hand",
        "Isolation: landlock; NOT prevented: reading files",
        "submission 0123456789ab",
    ):
        assert part in shown


def test_json_holds_nothing_that_a_terminal_obeys(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = course / "autograded" / "eve" / "tiny"
    folder.mkdir(parents=True)
    odd = '\x9b2J\x7f\u202e\x1b[2J\U000e0001\n"é'
    stored = RECORD.model_copy(update={"student": "eve", "reason": odd}).to_json()
    (folder / "record.json").write_text(stored, encoding="utf-8")
    inspect(course, "eve", "tiny", "--json")
    out = capsys.readouterr().out
    assert json.loads(out) == json.loads(stored)
    assert all(c.isprintable() for c in out.replace("\n", ""))
    assert "é" in out


def test_json_is_the_record_as_stored(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inspect(course, "ada", "tiny", "--json")
    out = capsys.readouterr().out
    assert out == (course / "autograded/ada/tiny/record.json").read_text(encoding="utf-8")


def test_several_labs_are_named(course: Path) -> None:
    store(course, "other")
    refused(lambda: inspection.find(course / "autograded" / "ada"), "other, tiny", "name one")


def test_no_record_is_one_sentence(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(lambda: inspection.find(course), "No record.json", "a student and a lab")
    with pytest.raises(SystemExit) as ended:
        cli.main(["inspect", "ben", "tiny", "--course-dir", str(course)])
    assert ended.value.code == 2
    assert "run `course autograde` first" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is no JSON"),
        ('{"schema": 2}', "of version 2, and this course reads 1"),
        (json.dumps({"schema": 1, "student": "ada"}), "is no record (lab: Field required)"),
        ("[" * 100_000, "is no JSON"),
    ],
)
def test_what_is_no_record_is_one_sentence(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "record.json"
    path.write_text(content, encoding="utf-8")
    refused(lambda: records.read(path), words, str(path))


def test_somebody_elses_record_is_refused(course: Path) -> None:
    (course / "autograded" / "ben").mkdir()
    (course / "autograded/ada/tiny").rename(course / "autograded/ben/tiny")
    with pytest.raises(ConfigurationError, match="the record of 'ada' in 'tiny'"):
        records.of_student(course / "autograded", "ben", "tiny")


def test_a_submission_that_was_not_graded_says_why() -> None:
    fields = {"status": "ungraded", "reason": "A disk broke.", "cells": ()}
    shown = [str(part) for part in inspection.show(RECORD.model_copy(update=fields))]
    assert "ungraded: A disk broke." in shown
