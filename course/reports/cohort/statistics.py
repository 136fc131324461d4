"""What a class's records say when they are counted: scores, checks, mistakes, time, trouble.

Pure functions over records. A submission that could not be read answers no check, so it counts
among the scores and not among the checks: else every check would seem harder than it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import mean, median, pstdev

from course.record import CheckRecord, Outcome, Record, Status
from course.reports.words import plain

FEWEST_FOR_DISCRIMINATION = 20
SLOWEST = 5


@dataclass(frozen=True)
class Bin:
    """One column of the histogram: scores from `low` up to (the last: including) `high`."""

    low: float
    high: float
    students: tuple[str, ...]


@dataclass(frozen=True)
class CheckStatistics:
    """One check over a class: how many passed, and whether who passed it did well elsewhere.

    `discrimination` is the correlation of passing with the points of all other checks; None when
    there are too few students, or when all or none passed.
    """

    grade_id: str
    name: str
    title: str
    max_points: float
    outcomes: dict[Outcome, int]
    discrimination: float | None

    @property
    def asked(self) -> int:
        """How many students it was meant for."""
        return sum(self.outcomes.values())

    @property
    def passed(self) -> int:
        """How many passed."""
        return self.outcomes.get(Outcome.PASSED, 0)

    @property
    def rate(self) -> float:
        """The share who passed, from 0 to 1; 0 when nobody was asked."""
        return self.passed / self.asked if self.asked else 0.0


@dataclass(frozen=True)
class Group:
    """Students who have something in common, and what."""

    name: str
    sentence: str
    students: tuple[str, ...]
    where: str = ""


@dataclass(frozen=True)
class Phase:
    """One phase of grading: its median in seconds, and who took longest."""

    name: str
    median: float
    slowest: tuple[tuple[str, float], ...]


def graded(records: Iterable[Record]) -> list[Record]:
    """The records of those whose work the checks have judged."""
    return [record for record in records if record.status is Status.GRADED]


def histogram(scores: Sequence[tuple[str, float]], most: float) -> list[Bin]:
    """How scores (with their students) spread from 0 to `most`, in about ten equal bins."""
    width = _round_width(most / 10)
    count = max(1, math.ceil(most / width - 1e-9))
    members: list[list[str]] = [[] for _ in range(count)]
    for student, score in scores:
        members[min(int(score / width + 1e-9), count - 1)].append(student)
    return [
        Bin(k * width, min((k + 1) * width, most), tuple(students))
        for k, students in enumerate(members)
    ]


def _round_width(width: float) -> float:
    """The next width that people count in: 1, 2, 5, 10, 20, …"""
    if width <= 0:
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(width))
    return next(
        (step * power for step in (1, 2, 5) if width <= step * power * (1 + 1e-9)), 10 * power
    )


def check_statistics(records: Iterable[Record]) -> list[CheckStatistics]:
    """Every check of the lab over all who were judged, in the lab's order."""
    judged = graded(records)
    found: dict[tuple[str, str], list[tuple[CheckRecord, float]]] = {}
    for record in judged:
        for cell in record.automatic:
            for check in cell.checks:
                rest = record.points - check.points
                found.setdefault((cell.grade_id, check.name), []).append((check, rest))
    return [_statistics(grade_id, answers) for (grade_id, _), answers in found.items()]


def _statistics(grade_id: str, answers: Sequence[tuple[CheckRecord, float]]) -> CheckStatistics:
    last = answers[-1][0]
    outcomes = dict.fromkeys(Outcome, 0)
    for check, _ in answers:
        outcomes[check.verdict] += 1
    pairs = [(float(check.verdict is Outcome.PASSED), rest) for check, rest in answers]
    return CheckStatistics(
        grade_id, last.name, last.title, last.max_points, outcomes, discrimination(pairs)
    )


def discrimination(answers: Sequence[tuple[float, float]]) -> float | None:
    """The corrected item-rest point-biserial correlation of (passed: 0 or 1, points elsewhere).

    None below `FEWEST_FOR_DISCRIMINATION` answers, and where one of the two does not vary.
    """
    if len(answers) < FEWEST_FOR_DISCRIMINATION:
        return None
    passed = [each for each, _ in answers]
    rest = [each for _, each in answers]
    spread = pstdev(passed) * pstdev(rest)
    if spread < 1e-12:
        return None
    middle, other = mean(passed), mean(rest)
    together = math.fsum((a - middle) * (b - other) for a, b in answers) / len(answers)
    return float(together / spread)


def misconceptions(records: Iterable[Record]) -> list[Group]:
    """Mistakes that have a name, the commonest first, with those who made them and where."""
    found: dict[str, tuple[str, dict[str, None], dict[str, None]]] = {}
    for record in records:
        for cell in record.automatic:
            if (named := cell.diagnosis) is not None:
                _, students, where = found.setdefault(named.name, (named.message, {}, {}))
                students[record.student] = where[plain(cell.grade_id)] = None
    groups = [
        Group(name, message, tuple(students), ", ".join(where))
        for name, (message, students, where) in found.items()
    ]
    return sorted(groups, key=lambda each: -len(each.students))


def unexplained(records: Iterable[Record]) -> list[Group]:
    """Exercises in which points were lost and no mistake was named, with those students.

    Not counted: who left the exercise as it was or whose code stopped, which names itself.
    """
    return _groups(
        ("", "Wrong in a way that no known mistake explains.", plain(cell.grade_id), each)
        for record in graded(records)
        for cell in record.automatic
        if cell.diagnosis is None and any(check.verdict is Outcome.FAILED for check in cell.checks)
        for each in [record.student]
    )


def repairs(records: Iterable[Record]) -> list[Group]:
    """What was put right in submissions, by rule, the commonest first."""
    return _groups(
        (each.rule, each.sentence, "", record.student)
        for record in records
        for each in record.repairs
    )


def limits(records: Iterable[Record]) -> list[Group]:
    """Which limits were hit, and by whom."""
    return _groups(
        (each.limit, each.sentence, "", record.student)
        for record in records
        for each in record.limits_hit
    )


def not_graded(records: Iterable[Record], status: Status) -> list[Group]:
    """Stated zeros, or submissions that the grader failed at, by reason."""
    return _groups(
        (each.reason, each.reason, "", each.student) for each in records if each.status is status
    )


def isolations(records: Iterable[Record]) -> list[Group]:
    """Under which isolation submissions ran; more than one, or one with gaps, wants a look."""

    def gaps(record: Record) -> str:
        return ", ".join(map(str, record.isolation.get("not_prevented", ())))

    return _groups(
        (str(each.isolation.get("tier", "unknown")), gaps(each), "", each.student)
        for each in graded(records)
    )


def versions(records: Iterable[Record]) -> list[Group]:
    """What graded and what was graded, wherever that is not the same for everybody."""
    rows = [
        (f"{name} {value}", name, "", record.student)
        for record in records
        for name, value in [*record.versions.items(), ("lab", record.source_hash[:12])]
    ]
    mixed = {name for _, name, _, _ in rows if len({row[0] for row in rows if row[1] == name}) > 1}
    return _groups(row for row in rows if row[1] in mixed)


def _groups(rows: Iterable[tuple[str, str, str, str]]) -> list[Group]:
    """Rows of name, sentence, place and student; by name and place, the largest group first."""
    found: dict[tuple[str, str], tuple[str, dict[str, None]]] = {}
    for name, sentence, where, student in rows:
        found.setdefault((name, where), (sentence, {}))[1][student] = None
    groups = [
        Group(name, sentence, tuple(students), where)
        for (name, where), (sentence, students) in found.items()
    ]
    return sorted(groups, key=lambda each: -len(each.students))


def phases(records: Iterable[Record]) -> list[Phase]:
    """Where the time went, phase by phase, in seconds."""
    times: dict[str, list[tuple[str, float]]] = {}
    for record in records:
        for name, seconds in record.timings.items():
            times.setdefault(name, []).append((record.student, seconds))
    by_time: Callable[[tuple[str, float]], float] = lambda each: -each[1]  # noqa: E731
    return [
        Phase(
            name,
            median(seconds for _, seconds in measured),
            tuple(sorted(measured, key=by_time)[:SLOWEST]),
        )
        for name, measured in times.items()
    ]
