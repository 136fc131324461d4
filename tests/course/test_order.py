"""Notebooks that work only out of order: which name was used too early, and where it is defined."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import islice, product
from string import ascii_uppercase
from typing import Any

import pytest
import tiny

from course import order
from course.config import load_settings
from course.grading import Grader
from course.lab import Lab
from course.record import Record
from course.release import release


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    settings = load_settings(tiny.write_course(tmp_path_factory.mktemp("order")))
    release(settings, tiny.LAB)
    with Grader(settings, Lab.load(settings, tiny.LAB)) as grader:
        yield grader


def own(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": []}


def graded(
    grader: Grader, sources: dict[str, str], top: str = "", bottom: str = "", between: str = ""
) -> Record:
    """A graded notebook with cells of the student's own above, between the exercises, and below."""
    notebook = tiny.filled(grader.settings.root, {**tiny.RIGHT, **sources})
    notebook["cells"].insert(5, own(between))
    notebook["cells"] = [own(top), *notebook["cells"], own(bottom)]
    return grader.grade("ada", json.dumps(notebook).encode()).record


def told(record: Record) -> list[tuple[str, str]]:
    return [(each.cell, each.sentence) for each in record.repairs if each.rule == "order"]


USES_HALF = {"mean": "def mean(xs):\n    return half * sum(xs) * 2 / len(xs)"}


def test_a_helper_below_the_checks_is_named_and_the_exercise_not_rescued(grader: Grader) -> None:
    record = graded(grader, USES_HALF, bottom="half = 0.5")
    assert told(record) == [
        (
            "mean",
            "The cell 'mean' uses half before it exists: half is defined further down, in a cell "
            "of your own ('half = 0.5'). Move that up, then restart and run all cells.",
        )
    ]
    assert (record.cell("test_double").points, record.cell("test_mean").points) == (4, 0)


@pytest.mark.parametrize("where", ["top", "between"])
def test_a_helper_above_the_checks_needs_no_word(grader: Grader, where: str) -> None:
    record = graded(grader, USES_HALF, **{where: "half = 0.5"})
    assert record.points == 10
    assert not told(record)


def test_a_cell_above_its_definitions_is_told(grader: Grader) -> None:
    record = graded(grader, {}, top="print(double(2), math.pi)", between="here = later + 1")
    assert record.points == 10
    ((cell, sentence),) = told(record)
    assert cell == ""
    assert sentence.startswith("A cell of your own ('print(double(2), math.pi)') uses double")
    assert "defined further down, in the cell 'double'." in sentence


def test_a_name_that_nothing_defines_is_another_mistake(grader: Grader) -> None:
    assert not told(graded(grader, USES_HALF, top="halve()"))


def test_a_definition_that_failed_is_another_mistake(grader: Grader) -> None:
    record = graded(grader, {}, top="1 / 0\nhalf = 0.5", between="half", bottom="half = 0.5")
    assert not told(record)


def test_what_takes_too_long_to_look_through_costs_hints_alone(
    grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    told_all = graded(grader, USES_HALF, bottom="half = 0.5")
    monkeypatch.setattr(order, "FOR_A_PAGE", 0.0)
    record = graded(grader, USES_HALF, bottom="half = 0.5")
    assert (record.points, record.cells) == (told_all.points, told_all.cells)
    assert told(told_all)
    assert not told(record)


@pytest.mark.parametrize(("letters", "words"), [(100, 1), (101, 0)])
def test_a_name_that_would_fill_a_page_is_not_told(
    grader: Grader, letters: int, words: int
) -> None:
    name = "h" * letters
    uses = {"mean": f"def mean(xs):\n    return {name} * sum(xs) * 2 / len(xs)"}
    assert len(told(graded(grader, uses, bottom=f"{name} = 0.5"))) == words


def test_a_full_mark_is_not_doubted(grader: Grader) -> None:
    sure = {"mean": "def mean(xs):\n    return sum(xs) / len(xs) if xs else nothing"}
    record = graded(grader, sure, bottom="nothing = 0")
    assert record.points == 10
    assert not told(record)


@pytest.mark.parametrize(
    ("top", "mean"),
    [
        ("", "def mean(xs):\n    global half\n    half = 0.5\n    return half * sum(xs)"),
        ("def begin():\n    global half\n    half = 0.5", USES_HALF["mean"]),
        ("from numpy import *", "def mean(xs):\n    return 2 * median(xs)"),
    ],
)
def test_a_name_that_is_there_in_another_way_is_not_told(
    grader: Grader, top: str, mean: str
) -> None:
    record = graded(grader, {"mean": mean}, top=top, bottom="half = 0.5\nmedian = 3")
    assert record.points == 4
    assert not told(record)


def test_an_error_of_a_call_is_not_believed(grader: Grader) -> None:
    leaky = {"mean": "def mean(xs):\n    raise NameError(f\"name 'x{int(xs[0])}' is not defined\")"}
    bottom = "\n".join(f"x{n} = 1" for n in range(10))
    assert not told(graded(grader, leaky, bottom=bottom))


def test_odd_code_below_is_no_harm(grader: Grader) -> None:
    record = graded(grader, USES_HALF, bottom="%%bash\nhalf = 3", between="def broken(:")
    assert not told(record)
    assert record.cell("test_double").points == 4


def test_thousands_of_names_are_told_as_fast_as_a_few(grader: Grader) -> None:
    many = ["".join(each) for each in islice(product(ascii_uppercase, repeat=4), 5_000)]
    uses = "def all_of_them():\n " + "\n ".join(many) + "\n" * 30_000
    defines = "\\\n".join(f"{name}=" for name in many) + "0" + "\n" * 30_000
    start = time.process_time()
    record = graded(grader, {"double": tiny.WRONG["double"]}, top=uses, bottom=defines)
    assert time.process_time() - start < 2
    assert len(told(record)) == 5
