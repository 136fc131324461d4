"""Students wherever a class page names them, each with the links that lead to their work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from course.reports.cohort.links import Links
from course.reports.cohort.reading import Cohort


@dataclass(frozen=True)
class Person:
    """A student wherever one is named: the name, and where it leads."""

    name: str
    page: str = ""
    formgrader: str = ""


class People:
    """Students by name, each with the links that the page has for them."""

    def __init__(self, cohort: Cohort, links: Links) -> None:
        self._people: dict[str, Person] = {}
        names = {each.student for each in cohort.records}
        for name in names | {each.student for each in cohort.problems}:
            marks = cohort.marks.get(name)
            formgrader = links.submission(marks.notebook_id) if marks else ""
            self._people[name] = Person(name, links.student_page(name), formgrader)

    def __getitem__(self, name: str) -> Person:
        """Whoever has this name."""
        return self._people[name]

    def all(self, names: Iterable[str]) -> tuple[Person, ...]:
        """Everybody of these names, in their order."""
        return tuple(self._people[name] for name in names)
