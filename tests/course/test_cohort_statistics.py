"""What is counted of a class, on records small enough to count by hand."""

from __future__ import annotations

import statistics as textbook
from collections.abc import Sequence

import pytest

from course.record import (
    CellRecord,
    CheckRecord,
    Diagnosis,
    LimitHit,
    Outcome,
    Record,
    Repair,
    Status,
)
from course.reports.cohort import statistics
from course.reports.cohort.statistics import Bin

P, F, E = Outcome.PASSED, Outcome.FAILED, Outcome.ERROR


def record(student: str, verdicts: Sequence[Outcome] = (), mistake: str = "", **parts) -> Record:
    checks = tuple(
        CheckRecord(
            name=f"test_{k}",
            title=f"Check {k}.",
            verdict=verdict,
            points=float(k) if verdict is P else 0.0,
            max_points=float(k),
        )
        for k, verdict in enumerate(verdicts, start=1)
    )
    points = sum(check.points for check in checks)
    cell = CellRecord(
        grade_id="test_one",
        points=points,
        max_points=6.0,
        checks=checks,
        diagnosis=Diagnosis(name=mistake, message="What it is.") if mistake else None,
    )
    given = {"status": Status.GRADED, "points": points, "cells": (cell,), **parts}
    return Record.model_validate({"student": student, "lab": "one", "max_points": 6.0, **given})


def test_every_score_falls_into_one_bin_and_the_best_into_the_last() -> None:
    scores = [("a", 0.0), ("b", 9.99), ("c", 10.0), ("d", 84.0), ("e", 80.0)]
    bins = statistics.histogram(scores, 84.0)
    assert [each.students for each in bins] == [
        ("a", "b"), ("c",), (), (), (), (), (), (), ("d", "e"),
    ]  # fmt: skip
    assert (bins[0].low, bins[0].high, bins[-1].high) == (0.0, 10.0, 84.0)


@pytest.mark.parametrize(
    ("most", "count"), [(84.0, 9), (10.0, 10), (100.0, 10), (1.0, 10), (7.0, 7), (1234.0, 7)]
)
def test_bins_are_of_a_width_that_people_count_in(most: float, count: int) -> None:
    bins = statistics.histogram([("a", most)], most)
    assert len(bins) == count
    assert bins[-1].students == ("a",)


def test_a_lab_without_points_has_a_histogram_too() -> None:
    assert statistics.histogram([("a", 0.0)], 0.0) == [Bin(0.0, 0.0, ("a",))]


def test_a_check_is_counted_over_those_who_were_judged() -> None:
    records = [
        record("a", [P, P, P]),
        record("b", [P, F, E]),
        record("c", [P, F, Outcome.NOT_RUN]),
        record("d", [Outcome.NOT_RUN] * 3, status=Status.ZERO, reason="Empty."),
    ]
    first, second, third = statistics.check_statistics(records)
    assert (first.passed, first.asked, first.rate) == (3, 3, 1.0)
    assert (second.passed, second.asked) == (1, 3)
    assert third.outcomes[E] == third.outcomes[Outcome.NOT_RUN] == 1
    assert (third.grade_id, third.name, third.title) == ("test_one", "test_3", "Check 3.")


def test_discrimination_is_the_correlation_with_the_rest() -> None:
    answers = [(float(k % 3 > 0), float(k * k % 17)) for k in range(25)]
    passed, rest = zip(*answers, strict=True)
    expected = textbook.correlation(passed, rest)
    assert statistics.discrimination(answers) == pytest.approx(expected, rel=1e-12)


def test_the_rest_is_without_the_check_itself() -> None:
    """With the check's own points in it, a check on its own would seem to discriminate."""
    alone = [record(f"s{k}", [P if k % 2 else F]) for k in range(20)]
    assert statistics.check_statistics(alone)[0].discrimination is None
    both = [record(f"s{k}", [P if k % 2 else F] * 2) for k in range(20)]
    assert statistics.check_statistics(both)[0].discrimination == pytest.approx(1.0)


def test_too_few_or_all_alike_say_nothing() -> None:
    few = [(float(k % 2), float(k)) for k in range(statistics.FEWEST_FOR_DISCRIMINATION - 1)]
    assert statistics.discrimination(few) is None
    assert statistics.discrimination([*few, (1.0, 30.0)]) is not None
    assert statistics.discrimination([(1.0, float(k)) for k in range(40)]) is None
    assert statistics.discrimination([(float(k % 2), 3.0) for k in range(40)]) is None


def test_a_mistake_counts_a_student_once_and_says_where() -> None:
    twice = record("a", [F], "sign")
    other = CellRecord(
        grade_id="test_two", points=0, max_points=1, diagnosis=twice.cells[0].diagnosis
    )
    twice = twice.model_copy(update={"cells": (*twice.cells, other)})
    found = statistics.misconceptions([record("b", [F], "sum"), twice, record("c", [F], "sign")])
    assert [(each.name, each.students, each.where) for each in found] == [
        ("sign", ("a", "c"), "one, two"),
        ("sum", ("b",), "one"),
    ]
    assert found[0].sentence == "What it is."


def test_wrong_values_without_a_name_are_counted_apart() -> None:
    records = [record("a", [F]), record("b", [E]), record("c", [F], "sign"), record("d", [P])]
    (group,) = statistics.unexplained(records)
    assert group.students == ("a",)


def test_trouble_is_grouped_with_its_students() -> None:
    repair = Repair(rule="missing", cell="x", sentence="x was put back.")
    limit = LimitHit(limit="cell_cpu", where="x", sentence="x was stopped.")
    records = [
        record("a", [P], repairs=(repair, repair)),
        record("b", [P], repairs=(repair,), limits_hit=(limit,)),
        record("c", status=Status.ZERO, reason="Empty."),
        record("d", status=Status.UNGRADED, reason="Ours."),
        record("e", status=Status.ZERO, reason="Empty."),
    ]
    (repaired,) = statistics.repairs(records)
    assert (repaired.name, repaired.students) == ("missing", ("a", "b"))
    assert statistics.limits(records)[0].students == ("b",)
    assert [each.students for each in statistics.not_graded(records, Status.ZERO)] == [("c", "e")]
    assert statistics.not_graded(records, Status.UNGRADED)[0].sentence == "Ours."


def test_isolation_is_counted_by_tier_and_its_gaps_are_said() -> None:
    weak = {"tier": "landlock", "not_prevented": ["seeing processes"]}
    records = [
        record("a", [P], isolation={"tier": "bwrap", "not_prevented": []}),
        record("b", [P], isolation=weak),
        record("c", [P], isolation=weak),
        record("d", [P]),
        record("e", status=Status.ZERO, reason="Empty."),
    ]
    assert [
        (each.name, each.sentence, each.students) for each in statistics.isolations(records)
    ] == [
        ("landlock", "seeing processes", ("b", "c")),
        ("bwrap", "", ("a",)),
        ("unknown", "", ("d",)),
    ]


def test_only_versions_that_differ_are_listed() -> None:
    same = {"numpy": "2.0", "course": "1"}
    records = [
        record("a", [P], versions=same),
        record("b", [P], versions=same),
        record("c", [P], versions={**same, "numpy": "1.26"}),
    ]
    found = statistics.versions(records)
    assert [(each.name, each.students) for each in found] == [
        ("numpy 2.0", ("a", "b")),
        ("numpy 1.26", ("c",)),
    ]
    assert statistics.versions(records[:2]) == []


def test_time_is_the_median_of_each_phase_and_its_slowest() -> None:
    records = [record(name, [P], timings={"run": seconds}) for name, seconds in
               [("a", 1.0), ("b", 9.0), ("c", 2.0)]]  # fmt: skip
    (phase,) = statistics.phases(records)
    assert (phase.name, phase.median, phase.slowest[0]) == ("run", 2.0, ("b", 9.0))
