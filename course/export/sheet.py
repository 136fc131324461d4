"""Everybody's marks of a lab, each with what keeps it from being final.

Marks come from the gradebook, what checks found from the records; where the two disagree, or a
submission was replaced after it was graded, the mark is not final and says why. A mark that is not
final never reaches an LMS.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import ValidationError

from course.config import Settings
from course.errors import ConfigurationError
from course.gradebook import Gradebook, parse_timestamp
from course.gradebook.totals import Marks
from course.lab import Lab
from course.record import CellRecord, Record, Status
from course.roster import Roster, Student
from course.store import RECORD_NAME
from course.submitted import Submission


class Standing(StrEnum):
    """How far a mark is."""

    FINAL = "final"
    WAITING = "waits for marking"
    STALE = "to be graded again"
    UNGRADED = "not graded"
    MISSING = "nothing handed in"


@dataclass(frozen=True)
class Row:
    """One student's marks; `reason` says what keeps them from being final."""

    student: str
    standing: Standing
    reason: str = ""
    marks: Marks | None = None
    record: Record | None = None
    listed: Student | None = None

    @property
    def said(self) -> str:
        """The standing and its reason, as one phrase."""
        return f"{self.standing} ({self.reason})" if self.reason else str(self.standing)

    @property
    def is_final(self) -> bool:
        """Whether this mark may be handed on."""
        return self.standing is Standing.FINAL


@dataclass(frozen=True)
class Sheet:
    """A lab's marks. `points` are what its cells are worth, by grade_id, in the lab's order."""

    lab: str
    points: Mapping[str, float]
    rows: tuple[Row, ...]
    charged: tuple[str, ...] = ()

    @property
    def max_points(self) -> float:
        """What the whole lab is worth."""
        return math.fsum(self.points.values())


def gather(settings: Settings, lab: Lab, roster: Roster | None = None) -> Sheet:
    """Everybody who is graded, has handed in, or is on the class list, by name.

    Late penalties are brought up to the marks of now first. ConfigurationError when the gradebook
    cannot be used, or nothing of this lab is graded.
    """
    with Gradebook(settings) as gradebook:
        charged = gradebook.charge_late(lab.name)
        marks = gradebook.marks(lab.name)
    if not marks:
        raise ConfigurationError(f"Nobody has marks for {lab.name}: run `course autograde` first.")
    if roster and not marks.keys() & roster.by_id.keys():
        raise ConfigurationError(
            f"Nobody who is graded ({', '.join(list(marks)[:3])}, …) is on {roster.path}, whose "
            f"ids are the column {roster.id_column!r}: add a column student_id to it."
        )
    points = {cell.grade_id: cell.points for cell in lab.graded}
    listed = roster.by_id if roster else {}
    top = settings.folder("submitted")
    folders = (path for path in top.glob(f"*/{lab.name}") if path.is_dir())
    handed_in = {path.parent.name for path in folders if path.parent.name[0] != "."}
    rows = [
        _row(settings, lab.name, points, student, marks.get(student), listed.get(student))
        if student in marks or student in handed_in
        else Row(student, Standing.MISSING, listed=listed.get(student))
        for student in sorted({*marks, *handed_in, *listed})
    ]
    return Sheet(lab.name, points, tuple(rows), charged)


def _row(
    settings: Settings,
    lab_name: str,
    points: Mapping[str, float],
    student: str,
    marks: Marks | None,
    listed: Student | None,
) -> Row:
    record = _record(settings, lab_name, student)
    if marks is None or record is None or record.status is Status.UNGRADED:
        reason = "it is not graded yet, or through a fault of ours could not be"
        return Row(student, Standing.UNGRADED, reason, marks, record, listed)
    if reason := _stale(settings, lab_name, points, marks, record):
        return Row(student, Standing.STALE, reason, marks, record, listed)
    if waiting := [cell.grade_id for cell in marks.cells if cell.waits]:
        reason = f"to be looked at in formgrader: {', '.join(sorted(waiting))}"
        return Row(student, Standing.WAITING, reason, marks, record, listed)
    return Row(student, Standing.FINAL, "", marks, record, listed)


def _record(settings: Settings, lab_name: str, student: str) -> Record | None:
    path = settings.folder("autograded") / student / lab_name / RECORD_NAME
    try:
        return Record.from_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _stale(
    settings: Settings,
    lab_name: str,
    points: Mapping[str, float],
    marks: Marks,
    record: Record,
) -> str:
    """What shows that a mark is not of what is there now; '' when nothing does."""
    folder = settings.folder("submitted") / marks.student / lab_name
    submission = Submission(marks.student, lab_name, folder)
    if submission.is_there():
        handed_in = submission.read()
        if handed_in.unread:
            return handed_in.unread
        if hashlib.sha256(handed_in.data or b"").hexdigest() != record.submission_hash:
            return "another notebook was handed in since it was graded"
        try:
            time = parse_timestamp(handed_in.timestamp)
        except ConfigurationError as error:
            return str(error)
        if time is not None and time != marks.timestamp:
            return "its time was changed since it was graded"
    worth = {cell.grade_id: cell.max_points for cell in marks.cells}
    if worth != dict(points):
        return "the lab has other cells or points now"
    cells: Collection[CellRecord] = record.cells
    for cell in cells:
        automatic = next(each.automatic for each in marks.cells if each.grade_id == cell.grade_id)
        wanted = (None if cell.answered else 0.0) if cell.manual else cell.points
        if automatic is None or wanted is None:
            if automatic is not wanted:
                return f"gradebook and record disagree about {cell.grade_id}"
        elif abs(automatic - wanted) > 1e-6:
            return f"gradebook and record disagree about {cell.grade_id}"
    if {cell.grade_id for cell in cells} != worth.keys():
        return "its record has other cells than the lab"
    return ""
