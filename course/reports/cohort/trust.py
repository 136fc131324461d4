"""What makes the marks of a class less than trustworthy, said before anything else is."""

from __future__ import annotations

from collections.abc import Iterable

from course.config import Settings
from course.reports.cohort import statistics
from course.reports.cohort.reading import Cohort
from course.reports.cohort.statistics import Group


def warnings(settings: Settings, cohort: Cohort) -> Iterable[str]:
    """What makes marks of this class less than trustworthy, in sentences."""
    found = statistics.isolations(cohort.records)
    if len(found) > 1:
        kinds = ", ".join(f"{each.name}: {len(each.students)}" for each in found)
        yield f"Not everybody ran under the same isolation ({kinds})."
    for each in found:
        if each.name in ("none", "unknown"):
            yield f"{_count(each)} ran without isolation: their code could change anything."
        elif each.sentence:
            yield f"The isolation {each.name} did not prevent: {each.sentence}."
    mixed = sorted({each.sentence for each in statistics.versions(cohort.records)})
    if mixed:
        yield f"Not everybody was graded by the same versions ({', '.join(mixed)})."
    stale = [each for each in cohort.records if each.source_hash != cohort.lab.source_hash]
    if stale:
        yield (
            f"{len(stale)} of {len(cohort.records)} were graded with another version of the lab or "
            f"its checks than the one here: run `course autograde {cohort.lab.name}` again."
        )
    if settings.guessable_secret:
        yield (
            "The hidden checks drew their inputs from the secret that comes with the course, which "
            "everybody can read: set c.Course.secret before you grade."
        )


def _count(group: Group) -> str:
    count = len(group.students)
    return f"{count} submission{'s' * (count != 1)}"
