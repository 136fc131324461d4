"""What stands on a class page, worked out before the template sees it: rows, texts and links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import mean, median
from typing import Any

from course.config import Settings
from course.gradebook.totals import CellMark
from course.lab import LabCell
from course.record import Record, Status
from course.reports.cohort import statistics
from course.reports.cohort.answers import answer, is_again, is_waiting
from course.reports.cohort.links import Links
from course.reports.cohort.people import People, Person
from course.reports.cohort.reading import Cohort
from course.reports.cohort.similar import clusters, similar_pairs
from course.reports.cohort.statistics import CheckStatistics
from course.reports.cohort.trust import warnings
from course.reports.terminal import happened
from course.reports.words import plain, points

PAIRS_SHOWN = 20  # side by side; of more, only the names are listed
LOW_DISCRIMINATION = 0.1


@dataclass(frozen=True)
class Row:
    """One student in the table of the class."""

    person: Person
    status: str
    points: float
    total: float | None
    cells: tuple[tuple[float, float], ...]
    mistakes: tuple[str, ...]
    notes: str
    words: str
    """What the page's filter looks for beside what the row shows."""


@dataclass(frozen=True)
class Exercise:
    """One graded cell over the class: its checks, and who did not pass each of them."""

    grade_id: str
    max_points: float
    mean_points: float
    checks: tuple[tuple[CheckStatistics, tuple[Person, ...]], ...]


def context(settings: Settings, cohort: Cohort) -> dict[str, Any]:
    """Everything that the template of a class page fills in."""
    lab, records = cohort.lab, cohort.records
    links = Links(settings, lab.name)
    people = People(cohort, links)
    scored = [(each.student, each.points) for each in records if each.status is not Status.UNGRADED]
    automatic = max((each.max_automatic for each in records), default=0.0)
    pairs = similar_pairs(lab, records, cohort.sources)
    return {
        "lab": lab.name,
        "score": score,
        "plain": plain,
        "people": people,
        "problems": [(people[each.student], each.sentence) for each in cohort.problems],
        "gradebook_note": cohort.gradebook_note,
        "scored": scored,
        "most": automatic,
        "median": median(score for _, score in scored) if scored else None,
        "bins": statistics.histogram(scored, automatic),
        "records": records,
        "exercises": _exercises(records, people),
        "discriminates": len(statistics.graded(records)) >= statistics.FEWEST_FOR_DISCRIMINATION,
        "fewest": statistics.FEWEST_FOR_DISCRIMINATION,
        "low_discrimination": LOW_DISCRIMINATION,
        "misconceptions": statistics.misconceptions(records),
        "unexplained": statistics.unexplained(records),
        "rows": [_row(each, cohort, people) for each in records],
        "cells": [cell.grade_id for cell in lab.graded],
        "answers": [answer(cell, cohort, people) for cell in lab.graded if cell.kind == "written"],
        "all_answers": links.answers() if cohort.marks else "",
        "late": [
            (people[name], each.seconds_late, each.penalty)
            for name, each in cohort.marks.items()
            if each.seconds_late > 0
        ],
        "pairs": pairs[:PAIRS_SHOWN],
        "more_pairs": pairs[PAIRS_SHOWN:],
        "clusters": [each for each in clusters(pairs) if len(each) > 2],
        "zeros": statistics.not_graded(records, Status.ZERO),
        "ungraded": statistics.not_graded(records, Status.UNGRADED),
        "limits": statistics.limits(records),
        "repairs": statistics.repairs(records),
        "phases": statistics.phases(records),
        "isolations": statistics.isolations(records),
        "versions": statistics.versions(records),
        "warnings": list(warnings(settings, cohort)),
    }


def _exercises(records: Iterable[Record], people: People) -> list[Exercise]:
    judged = statistics.graded(records)
    failed: dict[tuple[str, str], list[str]] = {}
    scores: dict[str, list[tuple[float, float]]] = {}
    for record in judged:
        for cell in record.automatic:
            scores.setdefault(cell.grade_id, []).append((cell.points, cell.max_points))
            for check in cell.checks:
                if not check.points and check.verdict != "passed":
                    failed.setdefault((cell.grade_id, check.name), []).append(record.student)
    checks: dict[str, list[CheckStatistics]] = {}
    for each in statistics.check_statistics(judged):
        checks.setdefault(each.grade_id, []).append(each)
    return [
        Exercise(
            grade_id,
            max(most for _, most in pairs),
            mean(got for got, _ in pairs),
            tuple(
                (each, people.all(failed.get((grade_id, each.name), ())))
                for each in checks.get(grade_id, ())
            ),
        )
        for grade_id, pairs in scores.items()
    ]


def _row(record: Record, cohort: Cohort, people: People) -> Row:
    stored = cohort.marks.get(record.student)
    marks = {each.grade_id: each for each in stored.cells} if stored else {}
    again = any(map(is_again, marks.values()))
    late = stored is not None and stored.seconds_late > 0
    tags = {
        "waiting": any(map(is_waiting, marks.values())),
        "again": again,
        "late": late,
        "repaired": bool(record.repairs),
        "limit": bool(record.limits_hit),
        record.status.value: True,
    }
    return Row(
        people[record.student],
        record.status.value,
        record.points,
        stored.total if stored and record.status is not Status.UNGRADED else None,
        _cells(record, cohort.lab.graded, marks),
        tuple(dict.fromkeys(cell.diagnosis.name for cell in record.cells if cell.diagnosis)),
        _notes(record, late, again),
        " ".join(name for name, holds in tags.items() if holds),
    )


def _cells(
    record: Record, graded: Iterable[LabCell], marks: Mapping[str, CellMark]
) -> tuple[tuple[float, float], ...]:
    """Points and most points of each graded cell; −1 where nobody has given any yet."""
    judged = {cell.grade_id: cell for cell in record.cells}
    found = []
    for cell in graded:
        mark, own = marks.get(cell.grade_id), judged.get(cell.grade_id)
        if mark is not None and mark.is_marked:
            found.append((mark.points, cell.points))
        else:
            points = own.points if own is not None and not own.manual else -1.0
            found.append((points, cell.points))
    return tuple(found)


def _notes(record: Record, late: bool, again: bool) -> str:
    named = {cell.diagnosis.name for cell in record.cells if cell.diagnosis}
    if record.status is Status.GRADED:
        parts = [part for part in happened(record).split(", ") if part and part not in named]
    else:
        parts = [happened(record)]
    return ", ".join([*parts, *["late"] * late, *["to look at again"] * again])


def score(value: float) -> str:
    """Points for the page; a dash for what nobody has marked."""
    return "–" if value < 0 else points(round(value, 2))


def summary(cohort: Cohort) -> dict[str, Any]:
    """A lab in one line of the index."""
    scores = [each.points for each in cohort.records if each.status is not Status.UNGRADED]
    return {
        "note": "",
        "students": len(cohort.records),
        "median": median(scores) if scores else None,
        "most": max((each.max_automatic for each in cohort.records), default=0.0),
        "zeros": sum(each.status is Status.ZERO for each in cohort.records),
        "ungraded": sum(each.status is Status.UNGRADED for each in cohort.records)
        + len(cohort.problems),
        "waiting": sum(is_waiting(mark) for each in cohort.marks.values() for mark in each.cells),
        "mistakes": statistics.misconceptions(cohort.records)[:3],
    }
