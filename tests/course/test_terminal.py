"""What the terminal shows: a stranger's text never commands it; the table says what happened."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from course.record import (
    CellRecord,
    CheckRecord,
    Diagnosis,
    LimitHit,
    Outcome,
    Record,
    Repair,
    Status,
)
from course.reports import terminal

MOVED = Repair(rule="moved", cell="cost", sentence="It was moved.")
LOOPED = LimitHit(limit="cell_cpu", where="cost", sentence="It was stopped.")
CALLED = LimitHit(limit="call_cpu", where="test_mean", sentence="It was stopped.")


def record(student: str = "ada", **changes: Any) -> Record:
    check = CheckRecord(name="c", title="C", verdict=Outcome.PASSED, points=7.5, max_points=7.5)
    cells = (
        CellRecord(grade_id="test_cost", points=7.5, max_points=8, checks=(check,)),
        CellRecord(grade_id="answer", points=0, max_points=4, manual=True),
    )
    given: dict[str, Any] = {
        "student": student,
        "lab": "lab1",
        "status": Status.GRADED,
        "points": 7.5,
        "max_points": 12,
        "cells": cells,
    }
    return Record(**(given | changes))


def failed(status: Status, reason: str, student: str = "ada") -> Record:
    cell = CellRecord(grade_id="test_cost", points=0, max_points=8)
    return record(student, status=status, reason=reason, points=0, max_points=8, cells=(cell,))


def shown(renderable: Any, **how: Any) -> str:
    console = Console(file=io.StringIO(), width=120, **how)
    console.print(renderable)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_the_table_has_a_row_for_each_student_in_order() -> None:
    lines = shown(terminal.summary([record("zoe"), record("ada")])).splitlines()
    assert [line.split()[0] for line in lines] == ["student", "ada", "zoe"]
    assert "7.5 / 8" in lines[1]


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (record(), ""),
        (record(repairs=(MOVED,)), "repaired 1"),
        (record(limits_hit=(LOOPED,)), "a cell out of time"),
        (
            record(repairs=(MOVED,), limits_hit=(LOOPED, CALLED, CALLED)),
            "repaired 1, a cell out of time, a call out of time ×2",
        ),
        (failed(Status.ZERO, "The file is empty."), "zero: The file is empty."),
        (failed(Status.UNGRADED, "A layer failed."), "not graded: A layer failed."),
    ],
)
def test_what_happened_is_said_in_a_few_words(subject: Record, words: str) -> None:
    assert terminal.happened(subject) == words


def test_a_misconception_is_named() -> None:
    cell = CellRecord(
        grade_id="t", points=0, max_points=8, diagnosis=Diagnosis(name="sign", message="…")
    )
    assert terminal.happened(record(points=0, cells=(cell,))) == "sign"


def test_a_made_up_student_has_a_story() -> None:
    text = shown(terminal.summary([record()], {"ada": "everything [b]right[/b]"}))
    assert "ada      everything [b]right[/b]" in text


def test_an_ungraded_submission_shows_no_mark() -> None:
    assert "0 / 8" not in shown(terminal.summary([failed(Status.UNGRADED, "a fault")]))


def test_a_students_text_is_no_command() -> None:
    hostile = "\x1b]0;title\x07[bold]x[/] \u202egnp.\u202c\nnext\x9b2J"
    text = shown(terminal.summary([failed(Status.ZERO, hostile, student="[red]eve\x1b[2J")]))
    assert not set(text) & set("\x1b\x07\u202e\u202c\x9b")
    assert r"\x1b]0;title\x07[bold]x[/] \u202egnp.\u202c next\x9b2J" in text
    assert r"[red]eve\x1b[2J" in text


def test_isolation_says_in_red_what_it_does_not_prevent() -> None:
    told = {"tier": "landlock", "layers": ["rlimits"], "not_prevented": ["reading /etc"]}
    text = shown(terminal.isolation_line(told), force_terminal=True, color_system="standard")
    assert "Isolation: landlock (rlimits)" in text
    assert "31m; NOT prevented: reading /etc" in text


def test_isolation_that_prevents_everything_is_plain() -> None:
    told = {"tier": "bwrap", "layers": [], "not_prevented": []}
    assert shown(terminal.isolation_line(told)) == "Isolation: bwrap\n"


def test_progress_off_a_terminal_is_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([0.0, *range(1, 13)])
    monkeypatch.setattr(terminal.time, "monotonic", lambda: next(seconds))
    console = Console(file=io.StringIO(), width=100)
    with terminal.Ticker(console, 12).running() as ticker:
        for _ in range(12):
            ticker.tick()
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert lines == [
        "5/12 graded, 1.0/s, 7 s left",
        "10/12 graded, 1.0/s, 2 s left",
        "12/12 graded, 1.0/s in 12.0 s",
    ]
