"""What is known of texts is kept, and forgotten before it is too much."""

from __future__ import annotations

from collections.abc import Iterator
from functools import _lru_cache_wrapper
from pathlib import Path

import pytest
import tiny

from course import recall
from course.cellcode import study
from course.config import load_settings
from course.grading import Grader
from course.lab import Lab
from course.release import release

LONG = "x" * (recall.MOST_CHARACTERS + 1)


@pytest.fixture(autouse=True)
def _nothing_known() -> Iterator[None]:
    recall._characters = len(LONG)
    recall.forget_much()
    yield
    recall._characters = len(LONG)
    recall.forget_much()


def test_a_text_is_looked_at_once_until_it_is_much() -> None:
    asked: list[str] = []
    look = recall.recalled(asked.append)
    for text in ("a", "a", LONG, "a"):
        look(text)
    assert asked == ["a", LONG]
    recall.forget_much()
    look("a")
    recall.forget_much()
    look("a")
    assert asked == ["a", LONG, "a"]


def test_a_grader_forgets_between_two_submissions(tmp_path: Path) -> None:
    assert isinstance(study, _lru_cache_wrapper)
    settings = load_settings(tiny.write_course(tmp_path))
    release(settings, tiny.LAB)
    with Grader(settings, Lab.load(settings, tiny.LAB)) as grader:
        study(LONG)
        grader.grade("ada", b"")
        assert study.cache_info().currsize == 0
    tiny.forget_checks()
