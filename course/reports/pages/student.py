"""What a student's page says, in the order in which it helps: marks, the first thing to mend, all.

Exercises build on each other, so the first that lost points is the most basic mistake, and the
page begins with it. Nothing here computes a mark: points come from the record and, where a TA has
been, from the gradebook. What may be shown of a failed check is the course's setting.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from course.config import Settings
from course.gradebook.totals import Marks
from course.lab import Lab
from course.plot import Plot
from course.record import CellRecord, CheckRecord, Evidence, Outcome, Record, Status
from course.reports import pages
from course.reports.pages.drawing import draw
from course.reports.pages.executed import Block, blocks
from course.reports.pages.headings import exercises, lab_title
from course.reports.pages.prose import prose

STYLES = ("student.css",)


@dataclass(frozen=True)
class Feedback:
    """What a page is made of: a record, the notebook as it ran, and what the gradebook adds."""

    settings: Settings
    lab: Lab
    record: Record
    cells: Sequence[dict[str, Any]] = ()
    marks: Marks | None = None
    comments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Exercise:
    """One graded cell on the page; `code` are the blocks that hold what the student wrote."""

    title: str
    anchor: str
    cell: CellRecord
    points: float
    by_hand: bool
    waits: bool
    code: tuple[tuple[str, Block], ...]
    comments: tuple[str, ...]
    told: bool

    @property
    def complete(self) -> bool:
        """Whether nothing is left to win."""
        return self.points >= self.cell.max_points

    @property
    def failed(self) -> tuple[CheckRecord, ...]:
        """The checks that earned nothing."""
        return tuple(each for each in self.cell.checks if each.verdict is not Outcome.PASSED)

    @property
    def shared(self) -> str:
        """What all failed checks say alike, to be said once."""
        messages = {each.message for each in self.failed}
        return messages.pop() if self.told and len(self.failed) > 1 and len(messages) == 1 else ""

    @property
    def errors(self) -> list[str]:
        """How the cells that the student wrote here ended, where that was an error."""
        outputs = [output for _, block in self.code for output in block.outputs]
        return [output.text for output in outputs if output.kind == "error"]

    @property
    def diagnosis(self) -> str:
        """The mistake in words, if it has a name and may be told."""
        return self.cell.diagnosis.message if self.cell.diagnosis and self.told else ""

    @property
    def mood(self) -> str:
        """How it went, as the name of a colour."""
        return "wait" if self.waits else "good" if self.complete else "lost"


def render(feedback: Feedback) -> str:
    """A graded student's page."""
    record, settings, marks = feedback.record, feedback.settings, feedback.marks
    shown = [(f"cell-{number}", block) for number, block in enumerate(blocks(feedback.cells))]
    every = _exercises(feedback, shown)
    to_mend = [each for each in every if each.failed and not each.complete]
    drawings = [draw(plot) for plot in record.pictures if plot.series]
    return pages.render(
        "student.html",
        styles=STYLES,
        record=record,
        course_id=settings.course_id,
        title=lab_title(feedback.lab),
        exercises=every,
        first=to_mend[0] if to_mend else None,
        later=to_mend[1:],
        earned=marks.total if marks else record.points,
        open_points=math.fsum(each.cell.max_points for each in every if each.waits),
        penalty=marks.penalty if marks else 0.0,
        drawings=drawings,
        not_drawn=_not_drawn(record.pictures),
        blocks=shown,
        prose=prose,
        evidence=lambda check: _evidence(check, settings.reveal),
        reveal=settings.reveal,
        graded=record.status is Status.GRADED,
    )


def render_problem(settings: Settings, lab_name: str, student: str, sentence: str) -> str:
    """The page of somebody whose marks cannot be shown, and why."""
    return pages.render(
        "problem.html",
        styles=STYLES,
        course_id=settings.course_id,
        lab=lab_name,
        student=student,
        sentence=sentence,
    )


def _exercises(feedback: Feedback, shown: Sequence[tuple[str, Block]]) -> list[Exercise]:
    titles = exercises(feedback.lab)
    marks = {mark.grade_id: mark for mark in feedback.marks.cells} if feedback.marks else {}
    by_name = {block.grade_id: (anchor, block) for anchor, block in shown if block.grade_id}
    found = []
    for number, cell in enumerate(feedback.record.cells, start=1):
        title, names = titles.get(cell.grade_id, (cell.grade_id, ()))
        mark = marks.get(cell.grade_id)
        comments = (feedback.comments.get(name, "") for name in (*names, cell.grade_id))
        found.append(
            Exercise(
                title=title,
                anchor=f"exercise-{number}",
                cell=cell,
                points=mark.points if mark else cell.points,
                by_hand=mark is not None and mark.manual is not None,
                waits=not mark.is_marked if mark else cell.manual and cell.answered,
                code=tuple(by_name[name] for name in names if name in by_name),
                comments=tuple(dict.fromkeys(each for each in comments if each.strip())),
                told=feedback.settings.reveal != "nothing",
            )
        )
    return found


def _evidence(check: CheckRecord, reveal: str) -> Evidence | None:
    return check.evidence if reveal == "counterexample" else None


def _not_drawn(plots: Sequence[Plot]) -> dict[str, list[str]]:
    """Pictures that could not be drawn: by the reason, which they often share."""
    reasons: dict[str, list[str]] = {}
    for plot in plots:
        if not plot.series:
            reasons.setdefault(plot.text, []).append(plot.title)
    return reasons
