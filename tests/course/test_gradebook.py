"""The gradebook: nbgrader's own rows, submission by submission, whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from gradebooks import (
    LATE,
    Graded,
    graded_class,
    marked_by_a_ta,
    marks,
    new_gradebook,
    sql,
    store,
    stored,
)
from tiny import LAB, refused
from traitlets.config import Config

from course.config import Settings
from course.gradebook import Gradebook, rows
from course.gradebook.adapter import load_config
from course.grading import ungraded


@pytest.fixture
def mine(tmp_path: Path) -> Settings:
    """The course with a gradebook of this test's own, which knows the lab."""
    return new_gradebook(tmp_path / "mine.db")


def nbgrader_stores(settings: Settings, graded: Graded, folder: Path) -> None:
    """nbgrader's own autograde, of which only the storing of marks is left."""
    from nbgrader.converters import Autograde
    from nbgrader.coursedir import CourseDirectory

    shutil.rmtree(folder, ignore_errors=True)
    for student, (_, notebook, timestamp) in graded.items():
        place = folder / "submitted" / student / LAB
        place.mkdir(parents=True)
        (place / f"{LAB}.ipynb").write_text(notebook, encoding="utf-8")
        if timestamp:
            (place / "timestamp.txt").write_text(timestamp, encoding="utf-8")
    config = Config()
    config.CourseDirectory.update(root=str(folder), db_url=settings.db_url, assignment_id=LAB)
    config.CourseDirectory.course_id = settings.course_id
    config.Autograde.sanitize_preprocessors = []
    config.Autograde.autograde_preprocessors = [
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
    ]
    config.AssignLatePenalties.plugin_class = "late_tiny.TenthADay"
    Autograde(coursedir=CourseDirectory(config=config), config=config).start()


@pytest.fixture
def theirs(mine: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The course with a gradebook that nbgrader made, and that nbgrader alone writes."""
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    monkeypatch.setenv("PATH", programs)  # where nbgrader looks for alembic
    own = mine.override(db_url=f"sqlite:///{tmp_path / 'theirs.db'}")
    nbgrader_registers(own)
    return own


def nbgrader_registers(settings: Settings) -> None:
    """nbgrader's own release, for what it stores of the lab while it makes one."""
    from nbgrader.api import Gradebook as TheirGradebook
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory

    config = load_config(settings)
    config.CourseDirectory.update(root=str(settings.root), db_url=settings.db_url)
    config.CourseDirectory.update(assignment_id=LAB, release_directory="release-by-nbgrader")
    config.GenerateAssignment.force = True
    with TheirGradebook(settings.db_url, settings.course_id) as gradebook:
        gradebook.add_assignment(LAB, duedate=settings.due[LAB].isoformat())
    GenerateAssignment(coursedir=CourseDirectory(config=config), config=config).start()


OF_THE_LAB = ("assignment", "notebook", "base_cell", "grade_cell", "source_cell", "version")


def same_rows(ours: Settings, theirs: Settings, tables: tuple[str, ...] = ()) -> None:
    left, right = stored(ours), stored(theirs)
    for table in tables or left:
        assert left[table] == right[table], table
        assert left[table], f"nothing is compared in {table}"


NOISY = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own


@NOISY
def test_the_lab_has_nbgraders_rows(mine: Settings, theirs: Settings) -> None:
    same_rows(mine, theirs, OF_THE_LAB)


@NOISY
def test_a_class_has_nbgraders_rows(mine: Settings, theirs: Settings) -> None:
    store(mine, graded_class().first)
    nbgrader_stores(theirs, graded_class().first, mine.root / "by-nbgrader")
    same_rows(mine, theirs)
    assert marks(mine, "ada") == {
        "answer_why": (None, None, None, 1),
        "test_double": (4.0, None, None, 0),
        "test_mean": (6.0, None, None, 0),
    }
    assert marks(mine, "ben")["test_mean"] == (2.5, None, None, 0)
    assert marks(mine, "ben")["answer_why"] == (0.0, None, None, 0)
    penalties = {row[0]: row[3] for row in stored(mine)["submitted_notebook"]}
    late = (datetime.fromisoformat(LATE[:-4]) - datetime(2027, 2, 1, 23, 59)) / timedelta(days=1)
    assert penalties["eli"] == pytest.approx(10 * 0.1 * late)
    assert (penalties["hal"], penalties["ivy"], penalties["cy"]) == (3.5, 0.0, None)


@NOISY
def test_a_regraded_class_has_nbgraders_rows(mine: Settings, theirs: Settings) -> None:
    store(mine, graded_class().first)
    nbgrader_stores(theirs, graded_class().first, mine.root / "by-nbgrader")
    for settings in (mine, theirs):
        marked_by_a_ta(settings)
    store(mine, graded_class().second)
    nbgrader_stores(theirs, graded_class().second, mine.root / "by-nbgrader")
    same_rows(mine, theirs)
    assert marks(mine, "gus")["test_mean"] == (2.5, 5.5, None, 1)
    assert marks(mine, "gus")["test_double"] == (1.0, None, 0.5, 0)
    assert marks(mine, "ben")["answer_why"] == (None, None, None, 1)
    comments = {row[:2]: row[2:] for row in stored(mine)["comment"]}
    assert comments["gus", "answer_why"] == ("No response.", "Say more.")


def test_storing_twice_changes_nothing(mine: Settings) -> None:
    store(mine, graded_class().first)
    before = stored(mine)
    store(mine, graded_class().first)
    assert stored(mine) == before


def test_a_submission_that_breaks_later_keeps_no_mark(mine: Settings) -> None:
    store(mine, graded_class().first)
    broken = graded_class().first["fay"][0].model_copy(update={"student": "ada"})
    with Gradebook(mine) as gradebook:
        gradebook.store(broken, graded_class().first["fay"][1])
    assert {row[0] for row in marks(mine, "ada").values()} == {0.0}


@pytest.mark.parametrize("how", ["reset", "ungraded"])
def test_what_cannot_be_graded_loses_automatic_marks_alone(mine: Settings, how: str) -> None:
    store(mine, graded_class().first)
    marked_by_a_ta(mine)
    others = [row for row in stored(mine)["grade"] if row[0] != "gus"]
    with Gradebook(mine) as gradebook:
        if how == "reset":
            gradebook.reset("gus", LAB)
        else:
            gradebook.store(ungraded("gus", graded_class().lab, "the machine burned"), "")
    assert marks(mine, "gus") == {
        "answer_why": (None, 3.0, None, 1),
        "test_double": (None, None, 0.5, 1),
        "test_mean": (None, 5.5, None, 1),
    }
    comments = {row[1]: row[2:] for row in stored(mine)["comment"] if row[0] == "gus"}
    assert comments["answer_why"] == (None, "Say more.")
    assert [row for row in stored(mine)["grade"] if row[0] != "gus"] == others


def test_a_first_submission_that_cannot_be_graded_is_there_to_be_seen(mine: Settings) -> None:
    with Gradebook(mine) as gradebook:
        gradebook.store(ungraded("zoe", graded_class().lab, "the machine burned"), "")
        assert gradebook.students(LAB) == {"zoe"}
    assert {row[-1] for row in marks(mine, "zoe").values()} == {1}


def test_without_a_timestamp_the_stored_one_stays(mine: Settings) -> None:
    store(mine, {"eli": graded_class().first["eli"]})
    before = stored(mine)
    record, notebook, _ = graded_class().first["eli"]
    with Gradebook(mine) as gradebook:
        gradebook.store(record, notebook)
    assert stored(mine) == before


def test_an_extension_counts(mine: Settings) -> None:
    store(mine, {"eli": graded_class().first["eli"]})
    week = str(datetime(1970, 1, 1) + timedelta(days=7))  # as SQLAlchemy writes an interval
    sql(mine, "update submitted_assignment set extension = ?", week)
    store(mine, {"eli": graded_class().first["eli"]})
    assert [row[3] for row in stored(mine)["submitted_notebook"]] == [None]


def test_half_a_submission_is_never_stored(mine: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    store(mine, graded_class().first)
    before = stored(mine)

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rows, "_update_comments", fail)
    with Gradebook(mine) as gradebook:
        for student in ("ada", "zoe"):
            record, notebook, _ = graded_class().second["ada"]
            record = record.model_copy(update={"student": student})
            with pytest.raises(KeyboardInterrupt):
                gradebook.store(record, notebook, LATE)
    assert stored(mine) == before


def test_a_record_of_another_version_of_the_lab_is_refused(mine: Settings) -> None:
    record, notebook, _ = graded_class().first["ada"]
    old = record.model_copy(update={"cells": record.cells[1:]})
    with Gradebook(mine) as gradebook:
        refused(lambda: gradebook.store(old, notebook), "ada", "other cells", "course autograde")
    assert marks(mine, "ada") == {}
