"""Every submission of the zoo earns exactly the points in its name, and harms nobody.

They go through one grader, one after another, as a class does. From time to time comes an honest
submission, whose record must not change whatever came before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
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


@pytest.fixture(
    scope="module", params=[TIERS[0], *(pytest.param(t, marks=pytest.mark.slow) for t in TIERS[1:])]
)
def course(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Course]:
    tier: str = request.param
    if missing(tier):
        pytest.skip(missing(tier))
    with made(tmp_path_factory.mktemp("world")) as world:
        settings = replace(load_settings(world.course), isolation=tier, limits=LIMITS)
        with Grader(settings, Lab.load(settings, "lab1")) as grader:
            yield Course(world, grader, tier)


def marked(animal: Animal) -> Any:
    marks = [pytest.mark.slow] if animal.one("slow") else []
    return pytest.param(animal, id=animal.name, marks=marks)


@pytest.mark.parametrize("animal", [marked(each) for each in HOSTILE])
def test_it_earns_what_its_name_says(course: Course, animal: Animal) -> None:
    if course.tier != TIERS[0] and animal.one("tier") == "any":
        pytest.skip("the tier makes no difference to it")
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
    if course.until_honest <= 0:
        course.grade_honest()


def test_honest_work_is_graded_as_at_first(course: Course) -> None:
    course.grade_honest()
    assert course.world.changes(course.before) == {}


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
