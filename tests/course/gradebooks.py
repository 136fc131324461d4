"""A graded class and the gradebooks that hold it, for the tests of the gradebook.

The class is graded once for a whole run of tests: what is tried out is how marks are stored.
"""

from __future__ import annotations

import atexit
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tiny import HALF, LAB, RIGHT, WRONG, hand_in, write_course

from course.config import Settings, load_settings
from course.gradebook import Gradebook
from course.grading import Grader
from course.lab import Lab
from course.record import Record
from course.release import release
from course.reports.notebook import render
from course.submitted import find

LATE = "2027-02-04 11:59:00 UTC"
ANSWER = {"answer_why": "One divides nothing away."}
PLUGIN = """
from nbgrader.plugins import BasePlugin

class TenthADay(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        if student_id == "hal":
            return 1000.0  # more than there is to lose
        if student_id == "ivy":
            return -3.0
        return score * 0.1 * total_seconds_late / 86400
"""
Graded = dict[str, tuple[Record, str, str]]  # by student: record, notebook, timestamp


@dataclass(frozen=True)
class GradedClass:
    """What was graded when everybody handed in, and when some did so again."""

    settings: Settings
    lab: Lab
    first: Graded
    second: Graded


def late_course(prefix: str) -> Settings:
    """A released course that takes a tenth of the marks for each day, until the tests end."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_course(folder)
    (folder / "late_tiny.py").write_text(PLUGIN, encoding="utf-8")
    with (folder / "course_config.py").open("a", encoding="utf-8") as file:
        file.write('c.AssignLatePenalties.plugin_class = "late_tiny.TenthADay"\n')
    settings = load_settings(folder)
    release(settings, LAB)
    return settings


@cache
def graded_class() -> GradedClass:
    """A class of every kind of submission, graded twice."""
    settings = late_course("graded-class-")
    folder = settings.root
    lab = Lab.load(settings, LAB)
    with Grader(settings, lab) as grader:
        _hand_in_first(folder)
        first = _grade(grader)
        shutil.rmtree(folder / "submitted")
        _hand_in_again(folder)
        return GradedClass(settings, lab, first, _grade(grader))


def _hand_in_first(course: Path) -> None:
    hand_in(course, "ada", {**RIGHT, **ANSWER})
    hand_in(course, "ben", HALF)
    hand_in(course, "cy", {**WRONG, **ANSWER}, timestamp="2027-01-30 08:00:00.25 UTC")
    hand_in(course, "dee", {})
    hand_in(course, "eli", {**RIGHT, **ANSWER}, timestamp=LATE)
    hand_in(course, "fay", {}).write_text("no notebook", encoding="utf-8")
    hand_in(course, "gus", {**RIGHT, **ANSWER}, timestamp=LATE)
    hand_in(course, "hal", HALF, timestamp=LATE)
    hand_in(course, "ivy", HALF, timestamp=LATE)


def _hand_in_again(course: Path) -> None:
    hand_in(course, "ada", {**WRONG, **ANSWER}, timestamp=LATE)
    hand_in(course, "ben", {**RIGHT, **ANSWER})
    hand_in(course, "eli", RIGHT, timestamp="2027-01-01 00:00 Europe/Berlin")
    hand_in(course, "gus", HALF, timestamp=LATE)


def _grade(grader: Grader) -> Graded:
    graded = {}
    for submission in find(grader.settings, LAB):
        handed_in = submission.read()
        done = grader.grade(handed_in.student, handed_in.data, problem=handed_in.problem)
        notebook = render(done, grader.settings)
        graded[handed_in.student] = (done.record, notebook, handed_in.timestamp)
    return graded


def new_gradebook(file: Path) -> Settings:
    """The class's course with a gradebook of its own, which knows the lab and nobody."""
    settings = graded_class().settings.override(db_url=f"sqlite:///{file}")
    with Gradebook(settings) as gradebook:
        gradebook.register(graded_class().lab)
    return settings


def store(settings: Settings, graded: Graded) -> None:
    """Store everybody's marks, as a run of autograde does."""
    with Gradebook(settings) as gradebook:
        for record, notebook, timestamp in graded.values():
            gradebook.store(record, notebook, timestamp)


def marks(settings: Settings, student: str) -> dict[str, tuple[Any, ...]]:
    """What is stored for a student, by cell: automatic, manual, extra, needs a look."""
    return {row[1]: row[2:] for row in stored(settings)["grade"] if row[0] == student}


def as_a_ta(settings: Settings, student: str, cell: str, **columns: Any) -> None:
    """Set a student's grade or comment as formgrader does."""
    table = "comment" if "manual_comment" in columns else "grade"
    names = ", ".join(f"{name} = ?" for name in columns)
    changed = sql(
        settings,
        f"update {table} set {names} where "
        "cell_id in (select id from base_cell where name = ?) and notebook_id in "
        "(select n.id from submitted_notebook n join submitted_assignment a "
        "on a.id = n.assignment_id where a.student_id = ?) returning id",
        *columns.values(),
        cell,
        student,
    )
    assert len(changed) == 1


def marked_by_a_ta(settings: Settings) -> None:
    """What a TA does between two gradings."""
    as_a_ta(settings, "gus", "test_mean", manual_score=5.5, needs_manual_grade=False)
    as_a_ta(settings, "gus", "answer_why", manual_score=3.0, needs_manual_grade=False)
    as_a_ta(settings, "gus", "test_double", extra_credit=0.5)
    as_a_ta(settings, "gus", "answer_why", manual_comment="Say more.")
    as_a_ta(settings, "ada", "answer_why", manual_score=0.0, needs_manual_grade=False)


def sql(settings: Settings, statement: str, *values: Any) -> list[Any]:
    """What a statement gives, past nbgrader and past the code under test."""
    database = sqlite3.connect(settings.db_url.removeprefix("sqlite:///"))
    with database:
        found = database.execute(statement, values).fetchall()
    database.close()
    return found


_OF = "join submitted_assignment a on a.id = n.assignment_id"
QUERIES = {
    "version": "select version_num from alembic_version",
    "assignment": "select name, duedate, course_id from assignment",
    "notebook": "select name, kernelspec from notebook",
    "base_cell": "select type, name from base_cell",
    "grade_cell": "select name, max_score, cell_type from grade_cells g join base_cell using (id)",
    "source_cell": "select name, cell_type, locked, source, checksum from source_cell",
    "student": "select id, first_name, last_name, email, lms_user_id from student",
    "submitted_assignment": "select student_id, timestamp, extension from submitted_assignment",
    "submitted_notebook": "select student_id, flagged, late_submission_penalty is null, "
    f"late_submission_penalty from submitted_notebook n {_OF}",
    "grade": "select student_id, c.name, auto_score, manual_score, extra_credit, "
    "needs_manual_grade from grade g join base_cell c on c.id = g.cell_id "
    f"join submitted_notebook n on n.id = g.notebook_id {_OF}",
    "comment": "select student_id, c.name, auto_comment, manual_comment from comment g "
    f"join base_cell c on c.id = g.cell_id join submitted_notebook n on n.id = g.notebook_id {_OF}",
}


def stored(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that a gradebook says, by table, without nbgrader's random ids."""
    return {name: sorted(sql(settings, query), key=repr) for name, query in QUERIES.items()}
