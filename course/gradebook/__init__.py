"""Records into nbgrader's gradebook: the same rows as nbgrader's own autograde would write.

nbgrader opens its database nine times for a submission and commits after every cell, so that an
interrupted run leaves half a submission; and the marks of an earlier grading stay when a submission
can no longer be graded. Here a submission changes in one transaction, and every automatic mark in
it is written each time. nbgrader's tables are used through its own models, which own the schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from course.config import Settings
from course.errors import ConfigurationError
from course.gradebook import adapter, totals
from course.gradebook.cells import Cells, cells_of, register
from course.gradebook.comments import comments_of
from course.gradebook.rows import Marks, automatic_scores, write
from course.lab import Lab
from course.record import Record, Status

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Gradebook:
    """A course's gradebook: a context manager, for one process at a time.

    ConfigurationError, in one sentence, whenever the database refuses; what was stored before
    stays, and of the submission at hand nothing is then stored.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._cells: dict[str, Cells] = {}

    def __enter__(self) -> Self:
        self._gradebook = adapter.open_database(self.settings)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._gradebook.close()

    def register(self, lab: Lab) -> None:
        """Make the gradebook know a lab: its due date, its notebook and its cells.

        Cells that are known already keep their rows. ConfigurationError when labelled cells came or
        went although submissions are stored.
        """
        with adapter.alone(self.settings), self._transaction() as session:
            register(session, self.settings, lab.name)
        self._cells.pop(lab.name, None)

    def store(self, record: Record, notebook: str, timestamp: datetime | str | None = None) -> None:
        """Store one graded submission: `notebook` is the autograded notebook as JSON.

        Manual marks and comments stay, and what had one is marked for another look. Without a
        `timestamp`, the one that is stored stays. A submission that could not be graded through a
        fault of ours loses its automatic marks, see `reset`; its notebook is not looked at.
        """
        handed_in = parse_timestamp(timestamp) if isinstance(timestamp, str) else timestamp
        marks = None if record.status is Status.UNGRADED else Marks.of(record, notebook)
        self._write(record.student, record.lab, marks, handed_in)

    def reset(self, student: str, lab_name: str) -> None:
        """Take away a submission's automatic marks, so that no stale ones count.

        Manual marks and comments stay; every graded cell is marked to be looked at by a TA.
        """
        self._write(student, lab_name, None, None)

    def students(self, lab_name: str) -> frozenset[str]:
        """Who has a submission of this lab in the gradebook."""
        api = adapter.nbgrader_api()
        with self._transaction() as session:
            found = session.query(api.SubmittedAssignment.student_id).join(api.Assignment)
            return frozenset(row[0] for row in found.filter(api.Assignment.name == lab_name))

    def automatic_scores(self, lab_name: str) -> dict[str, dict[str, float | None]]:
        """Everybody's automatic marks of a lab, by student, then by the name of the cell."""
        with self._transaction() as session:
            return automatic_scores(session, cells_of(session, lab_name))

    def marks(self, lab_name: str) -> dict[str, totals.Marks]:
        """Everybody's marks of a lab, by student, with the penalties that are stored."""
        with self._transaction() as session:
            return totals.marks_of(session, cells_of(session, lab_name))

    def comments(self, lab_name: str) -> dict[str, dict[str, str]]:
        """What TAs wrote about a lab: by student, then by the name of the cell."""
        with self._transaction() as session:
            return comments_of(session, cells_of(session, lab_name))

    def charge_late(self, lab_name: str) -> tuple[str, ...]:
        """Work out every late penalty from the marks of now; for whom it changed."""
        with self._transaction() as session:
            return totals.charge_late(session, self.settings, cells_of(session, lab_name))

    def _write(
        self, student: str, lab_name: str, marks: Marks | None, timestamp: datetime | None
    ) -> None:
        with self._transaction() as session:
            if lab_name not in self._cells:
                self._cells[lab_name] = cells_of(session, lab_name)
            cells = self._cells[lab_name]
            new = Marks.none(cells) if marks is None else marks
            write(session, self.settings, cells, student, new, timestamp)

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        """All or nothing: what happens in it is committed at its end, or undone."""
        session: Session = self._gradebook.db()
        try:
            with adapter.explained(self.settings):
                yield session
                session.commit()
        finally:
            self._gradebook.db.remove()  # rolls back what was not committed


def parse_timestamp(text: str) -> datetime | None:
    """When something was handed in, as nbgrader reads `timestamp.txt`: naive, in UTC.

    None for an empty text; ConfigurationError for one that is no time, since a submission might
    else be counted as in time although it was not.
    """
    if not text.strip():
        return None
    try:
        return _parse_utc(text.strip())
    except Exception:  # for a zone that is none dateutil raises whatever comes to hand
        raise ConfigurationError(
            f"timestamp.txt says {text.strip()[:60]!r}, which is no time: "
            "write it like '2027-02-01 23:59:00 UTC'."
        ) from None


def _parse_utc(text: str) -> datetime:
    """What `nbgrader.utils.parse_utc` gives, without the second that importing it costs."""
    from dateutil import parser, tz

    parse: Any = parser.parse
    day, _, rest = text.partition(" ")
    clock, _, zone = rest.partition(" ")
    if zone.startswith(("/", ":")) or ".." in zone:
        raise ValueError("a path")  # gettz would open it, whatever it is
    if zone and " " not in zone:
        offset = int(zone) if zone.lstrip("+-").isdecimal() else tz.gettz(zone)
        moment: datetime = parse(f"{day} {clock} TZ", tzinfos={"TZ": offset})
    else:
        moment = parse(text)
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
