"""What `course collect` would do, worked out before anything is written.

Every file that came in becomes exactly one line: taken, kept beside, passed over as nobody's work,
or refused with the reason. A dry run shows these lines, and the real run carries them out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from enum import StrEnum
from pathlib import Path

from course.collect.arrived import arrived
from course.collect.attempts import Attempt, digest_of
from course.collect.claims import Aside, Claim
from course.collect.folders import Folder, decide
from course.collect.intake import Arrived
from course.collect.people import surely, whose
from course.collect.recognise import leftover, recogniser_for
from course.config import Settings
from course.errors import ConfigurationError
from course.roster import Roster, submission_time
from course.times import in_utc, stamp


class State(StrEnum):
    """What becomes of one file."""

    COLLECTED = "collected"
    UNCHANGED = "unchanged"
    EARLIER = "an earlier attempt, kept"
    BESIDE = "kept beside"
    PASSED_OVER = "passed over"
    REFUSED = "not taken"


@dataclass(frozen=True)
class Item:
    """One file that came in, and what becomes of it.

    `numbers` are those by which the LMS calls who handed it in, else an e-mail; `by_name` if the
    class list has none of them, nor anything else but that student's name.
    """

    file: Arrived
    rule: str
    state: State
    reason: str = ""
    student: str = ""
    time: datetime | None = None
    late: bool = False
    attempt: Attempt | None = None
    numbers: tuple[str, ...] = ()
    by_name: bool = False


@dataclass(frozen=True)
class Plan:
    """Everything that a run would do. `exports` are the places, each with who made it."""

    lab: str
    exports: Mapping[str, str]
    items: tuple[Item, ...]
    folders: Mapping[str, Folder]
    missing: tuple[str, ...] = ()

    @property
    def refused(self) -> tuple[Item, ...]:
        """The files that were not taken."""
        return tuple(item for item in self.items if item.state is State.REFUSED)

    @property
    def late_without_time(self) -> tuple[str, ...]:
        """Students whom the LMS calls late without saying by how much."""
        late = {item.student for item in self.items if item.late and item.attempt}
        return tuple(name for name in sorted(late) if not self.folders[name].timestamp)

    @property
    def without_time(self) -> tuple[str, ...]:
        """Students of whom nothing says when they handed in, and who will not count as late."""
        return tuple(
            folder.student
            for folder in self.folders.values()
            if folder.counts and not folder.timestamp
        )

    @property
    def complete(self) -> bool:
        """Whether nothing is left for the instructor to look at."""
        return not self.refused and not self.late_without_time


@dataclass(frozen=True)
class Planner:
    """What a plan depends on besides the files."""

    settings: Settings
    lab: str
    roster: Roster | None = None
    roster_has_times: bool = False
    zone: tzinfo | None = None
    recogniser: str = ""
    labs: tuple[str, ...] = field(default_factory=tuple)

    def plan(self, places: Sequence[Path], spool: Path) -> Plan:
        """Look through the places; `spool` is an empty folder that outlives the plan.

        ConfigurationError when a place cannot be looked through, or its maker is not clear.
        """
        exports: dict[str, str] = {}
        items: list[Item] = []
        for place in places:
            files = list(arrived(place, spool))
            if not files:
                raise ConfigurationError(f"There are no files in {place}: name the export itself.")
            taken = [file for file in files if not file.problem]
            recogniser = recogniser_for(taken or files, self.lab, self.labs, self.recogniser)
            exports[str(place)] = recogniser.name
            found = [self._item(file, recogniser.name, recogniser.read(file)) for file in files]
            items += _of_one_export(_of_one_person(found))
        theirs = self._by_student(items := _apart(items))
        folders = {
            student: decide(self.settings, self.lab, student, new)
            for student, new in theirs.items()
        }
        items = [self._settled(item, folders) for item in items]
        missing = self._missing({item.student for item in items})
        return Plan(self.lab, exports, tuple(items), folders, missing)

    def _item(self, file: Arrived, rule: str, said: Claim | Aside | None) -> Item:
        """What one file is, looked at by itself."""
        said = leftover(file) or said
        if isinstance(said, Aside):
            return Item(file, rule, State.PASSED_OVER, said.reason)
        is_whole_archive = file.problem and file.path == file.source
        if said is None or is_whole_archive:
            reason = file.problem or f"its name is not of {rule}'s form"
            return Item(file, rule, State.REFUSED, reason)
        student, problem = whose(said, self.roster)
        if reason := file.problem or said.problem or problem:
            return Item(file, rule, State.REFUSED, reason, student)
        time = self._time(said, student, file)
        attempt = Attempt(
            digest=digest_of(file.content) if file.content else "",
            name=said.file,
            source=file.source,
            path=file.path,
            rule=rule,
            time=time,
            sequence=said.sequence,
            changed=file.changed,
            content=file.content,
        )
        number = said.number or said.email
        numbers = (number, *said.also) if number else ()
        by_name = bool(self.roster and student not in surely(said, self.roster))
        taken = State.COLLECTED
        return Item(file, rule, taken, "", student, time, said.late, attempt, numbers, by_name)

    def _time(self, claim: Claim, student: str, file: Arrived) -> datetime | None:
        """The LMS's own time in UTC: from the file's name, else from the class list."""
        asked = self.roster_has_times and (claim.time is None or claim.time_is_entrys)
        if asked and self.roster and student in self.roster.by_id:
            said = submission_time(self.roster.by_id[student], self.roster, self.zone)
            if said is not None:
                return said
        if claim.time is None:
            return None
        return in_utc(claim.time, self.zone, f"{file.source}, {file.path}")

    def _by_student(self, items: Iterable[Item]) -> dict[str, list[Attempt]]:
        found: dict[str, list[Attempt]] = {}
        for item in items:
            if item.attempt is not None:
                found.setdefault(item.student, []).append(item.attempt)
        return dict(sorted(found.items()))

    def _settled(self, item: Item, folders: Mapping[str, Folder]) -> Item:
        """The same line, once it is known which of a student's files counts."""
        if item.attempt is None:
            return item
        folder = folders[item.student]
        if folder.problem:
            return replace(item, state=State.REFUSED, reason=folder.problem)
        if item.attempt.digest in folder.digests:
            return item if folder.changes else replace(item, state=State.UNCHANGED)
        if not item.attempt.is_notebook:
            return replace(item, state=State.BESIDE, reason="it is no notebook")
        return replace(item, state=State.EARLIER, reason=f"{_told(folder.counts)} counts")

    def _missing(self, came: Collection[str]) -> tuple[str, ...]:
        """Who is on the class list and has nothing, neither here nor in submitted/."""
        if self.roster is None:
            return ()
        top = self.settings.folder("submitted")
        return tuple(
            student
            for student in self.roster.by_id
            if student not in came and not (top / student / self.lab).is_dir()
        )


def _of_one_person(items: Sequence[Item]) -> list[Item]:
    """Refuse whom a name alone tells, where the LMS gives it two numbers: anybody may take it."""
    told: dict[str, set[tuple[str, ...]]] = {}
    for item in items:
        if item.attempt and item.numbers:
            told.setdefault(item.student, set()).add(item.numbers)
    return [
        replace(
            item,
            state=State.REFUSED,
            reason=f"more than one is called like {item.student} there, and the class list has "
            f"none of their numbers: {', '.join(sorted({each[0] for each in numbers}))}",
            attempt=None,
        )
        if item.by_name and len(numbers := told.get(item.student, set())) > 1
        else item
        for item in items
    ]


def _of_one_export(items: Sequence[Item]) -> list[Item]:
    """The same lines, their attempts marked as having come in together."""
    said = [f"{item.file.path}\0{item.attempt.digest}" for item in items if item.attempt]
    export = hashlib.sha256("\0".join(sorted(said)).encode("utf-8", "replace")).hexdigest()[:16]
    return [
        replace(item, attempt=replace(item.attempt, export=export)) if item.attempt else item
        for item in items
    ]


def _apart(items: Sequence[Item]) -> list[Item]:
    """Refuse ids that differ in capitals alone: on many disks they are one folder."""
    spelled: dict[str, set[str]] = {}
    for item in items:
        spelled.setdefault(item.student.casefold(), set()).add(item.student)
    return [
        replace(
            item,
            state=State.REFUSED,
            reason=f"{' and '.join(sorted(alike))} differ in capitals alone: use a class list",
            attempt=None,
        )
        if len(alike := spelled[item.student.casefold()]) > 1
        else item
        for item in items
    ]


def _told(attempt: Attempt | None) -> str:
    if attempt is None:
        return ""
    return f"the one of {stamp(attempt.time)}" if attempt.time else attempt.name
