"""Every submission of the zoo earns exactly the points in its name."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from zoo import Animal, animals

from course.config import load_settings
from course.grading import Grader
from course.lab import Lab
from course.reports.notebook import render

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    settings = load_settings(ROOT)
    with Grader(settings, Lab.load(settings, "lab1")) as grader:
        yield grader


@pytest.mark.parametrize("animal", animals("hostile"), ids=lambda animal: animal.name)
def test_it_earns_what_its_name_says(grader: Grader, animal: Animal) -> None:
    graded = grader.grade("mallory", animal.notebook(grader.lab))
    written = graded.record.to_json() + render(graded, grader.settings)
    assert graded.record.points == animal.points
    assert graded.record.status == animal.expect.get("status", "graded")
    assert animal.expect.get("says", "") in written
    assert animal.expect.get("hides", "\0") not in written
