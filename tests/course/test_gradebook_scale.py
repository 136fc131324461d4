"""Storing a submission takes as long with five thousand others as with none: nothing is scanned."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gradebooks import graded_class, new_gradebook, sql, store
from sqlalchemy import Engine, event

from course.config import Settings
from course.gradebook import Gradebook

GROWING = ("grade", "comment", "student", "submitted_assignment", "submitted_notebook")


@contextmanager
def statements() -> Iterator[list[str]]:
    """Everything that any database is asked in here."""
    asked: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", keep)


def scans(settings: Settings, statement: str) -> list[str]:
    """The steps of a statement that go through all rows of a table that grows with the class."""
    unknown = [None] * statement.count("?")
    plan = sql(settings, f"explain query plan {statement}", *unknown)
    return [row[3] for row in plan if row[3] in {f"SCAN {table}" for table in GROWING}]


def test_no_statement_goes_through_a_whole_table(tmp_path: Path) -> None:
    settings = new_gradebook(tmp_path / "gradebook.db")
    store(settings, graded_class().first)
    late = [graded for graded in graded_class().second.values() if graded[2]]
    with Gradebook(settings) as gradebook, statements() as asked:
        for graded in late:
            gradebook.store(*graded)
    assert any("late_submission_penalty" in each for each in asked)
    found = {each: scans(settings, each) for each in asked}
    assert not {each: plan for each, plan in found.items() if plan}
