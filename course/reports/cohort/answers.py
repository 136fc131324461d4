"""Written answers over a class: whose wait for a TA, what was marked, and the rubric to mark by.

The rubric is what stands in the answer's cell of the source notebook, which no student gets.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import mean

from course.gradebook.totals import CellMark
from course.lab import LabCell
from course.reports.cohort.people import People, Person
from course.reports.cohort.reading import Cohort
from course.reports.sanitize import markdown_text


@dataclass(frozen=True)
class Answer:
    """A written answer over the class: what waits, what was marked, and its rubric as HTML."""

    grade_id: str
    max_points: float
    waiting: tuple[Person, ...]
    again: tuple[Person, ...]
    empty: tuple[Person, ...]
    marked: tuple[float, ...]
    rubric: str

    @property
    def mean(self) -> float:
        """The mean of the marks given so far."""
        return mean(self.marked) if self.marked else 0.0


def answer(cell: LabCell, cohort: Cohort, people: People) -> Answer:
    """How far a written answer of the lab is marked."""
    waiting: list[str] = []
    again: list[str] = []
    empty: list[str] = []
    marked: list[float] = []
    for record in cohort.records:
        stored = cohort.marks.get(record.student)
        mark = {each.grade_id: each for each in stored.cells}.get(cell.grade_id) if stored else None
        answered = {each.grade_id: each.answered for each in record.cells}.get(cell.grade_id, False)
        if mark is not None and mark.manual is not None:
            marked.append(mark.points)
            again += [record.student] * is_again(mark)
        else:
            (waiting if answered else empty).append(record.student)
    return Answer(
        cell.grade_id,
        cell.points,
        people.all(waiting),
        people.all(again),
        people.all(empty),
        tuple(marked),
        markdown_text(cell.solution),
    )


def is_waiting(mark: CellMark) -> bool:
    """Whether nobody has marked it yet."""
    return mark.waits and mark.manual is None


def is_again(mark: CellMark) -> bool:
    """Whether a TA marked it, and it was graded again since."""
    return mark.waits and mark.manual is not None
