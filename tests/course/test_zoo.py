"""Every submission of the zoo earns exactly the points in its name, and harms nobody.

They go through one grader, one after another, as a class does. From time to time comes an honest
submission, whose record must not change whatever came before it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from sandboxes import SMALL, TIERS, missing
from world import CANARY, World, made
from zoo import Animal, animals

from course.config import load_settings
from course.grading import Graded, Grader
from course.lab import Lab
from course.reports.notebook import render

HOSTILE = animals("hostile")
ANY = "any"
LIMITS = replace(SMALL, cell_cpu=0.5, submission_cpu=5.0, wall_least=1.0, figures=0)
HONEST_EVERY = 8
HONEST = Animal("honest__84", 84.0, (("base", "", "solved"),), (), "")
OUR_TAGS = {"p", "b", "br", "table", "thead", "tbody", "tr", "th", "td"}


class Course:
    """A grader within its world."""

    def __init__(self, world: World, grader: Grader, tier: str) -> None:
        self.world, self.grader, self.tier = world, grader, tier
        self.honest = ""
        self.until_honest = 0
        self.grade_honest()
        self.before = world.settled()

    def grade(self, animal: Animal) -> Graded:
        """Grade it, and demand that nothing outside is other than before."""
        file = animal.file(self.grader.lab, self.world.places)
        graded = self.grader.grade(animal.one("student", "mallory"), file)
        assert self.world.changes(self.before) == {}
        return graded

    def grade_honest(self) -> None:
        """Demand the same record of the same honest work as at the very first time."""
        graded = self.grader.grade("ada", HONEST.file(self.grader.lab))
        record = graded.record.model_copy(update={"timings": {}}).to_json()
        self.honest = self.honest or record
        assert (graded.record.points, record) == (84.0, self.honest)
        self.until_honest = HONEST_EVERY


@pytest.fixture(scope="module")
def courses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Course]]:
    """The course of a tier, which stays open until that of another tier is asked for."""
    opened: dict[str, Course] = {}
    with ExitStack() as stack:

        def of(tier: str) -> Course:
            if tier not in opened:
                stack.close()
                opened.clear()
                world = stack.enter_context(made(tmp_path_factory.mktemp("world")))
                settings = replace(load_settings(world.course), isolation=tier, limits=LIMITS)
                lab = Lab.load(settings, "lab1")
                opened[tier] = Course(world, stack.enter_context(Grader(settings, lab)), tier)
            return opened[tier]

        yield of


@pytest.fixture
def course(request: pytest.FixtureRequest, courses: Callable[[str], Course]) -> Course:
    """The course of the tier that is asked for, or of the first one that works here for `any`."""
    tier: str = request.param
    if tier == ANY:
        tier = next((each for each in TIERS if not missing(each)), TIERS[0])
    if missing(tier):
        pytest.skip(missing(tier))
    return courses(tier)


def cases() -> Iterator[Any]:
    """Each in every tier that makes a difference to it, and one tier's before the next one's."""
    for tier in (ANY, *TIERS):
        tried = [each for each in HOSTILE if (each.one("tier") == ANY) == (tier == ANY)]
        for animal in (*tried, HONEST):
            is_slow = animal.one("slow") or tier in TIERS[1:]
            marks = [pytest.mark.slow] if is_slow else []
            yield pytest.param(tier, animal, id=f"{tier}-{animal.name}", marks=marks)


@pytest.mark.parametrize(("course", "animal"), [*cases()], indirect=["course"])
def test_it_earns_what_its_name_says(course: Course, animal: Animal) -> None:
    graded = course.grade(animal)
    seen, pages = shown(graded, course.grader)
    said = graded.record.to_json() + seen
    assert graded.record.points == animal.points
    assert graded.record.status == animal.one("status", "graded")
    for text in animal.all("says", course.tier):
        assert text in said
    assert CANARY not in said
    for text in animal.all("hides", course.tier):
        assert text not in seen
    for page in pages:
        assert tags(page) <= OUR_TAGS
    course.until_honest -= 1
    if course.until_honest <= 0 or animal is HONEST:
        course.grade_honest()


def test_every_submission_states_what_is_said_of_it() -> None:
    assert len(HOSTILE) >= 85
    for animal in HOSTILE:
        assert animal.all("says", "bwrap"), animal.name
        assert animal.all("says", "landlock"), animal.name


def shown(graded: Graded, grader: Grader) -> tuple[str, list[str]]:
    """What a student sees beside the own source; and all HTML in it."""
    notebook = json.loads(render(graded, grader.settings))
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    pages = [each["data"]["text/html"] for each in outputs if "text/html" in each.get("data", {})]
    texts = [json.dumps(each, ensure_ascii=False) for each in outputs]
    return "\n".join([notebook["cells"][0]["source"], *texts]), pages


def tags(page: str) -> set[str]:
    """The tags of a page, with `name=value` for each attribute."""
    found: set[str] = set()
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.update([tag, *map(str, attributes)])  # type: ignore[method-assign]
    parser.feed(page)
    return found
