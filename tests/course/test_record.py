"""A record cannot hold an impossible mark, whoever builds it."""

import json
import math
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from course.record import CellRecord, CheckRecord, Outcome, Record, Status, json_schema


def check(**changes: Any) -> CheckRecord:
    parts = {"name": "t", "title": "T.", "verdict": "passed", "points": 2, "max_points": 2}
    return CheckRecord.model_validate({**parts, **changes})


def cell(*checks: CheckRecord, **changes: Any) -> CellRecord:
    points = sum(each.points for each in checks)
    parts = {"grade_id": "test_t", "points": points, "max_points": 4, "checks": checks}
    return CellRecord.model_validate({**parts, **changes})


def record(*cells: CellRecord, **changes: Any) -> Record:
    points = sum(each.points for each in cells)
    parts = {"student": "ada", "lab": "lab1", "status": "graded", "points": points}
    return Record.model_validate({**parts, "max_points": 10, "cells": cells, **changes})


@pytest.mark.parametrize("points", [math.nan, math.inf, -1, 3, 1, 0, "many", None])
def test_a_passed_check_is_worth_exactly_its_points(points: Any) -> None:
    with pytest.raises(ValidationError):
        check(points=points)


@pytest.mark.parametrize("verdict", [each for each in Outcome if each is not Outcome.PASSED])
def test_any_other_check_is_worth_nothing(verdict: Outcome) -> None:
    assert check(verdict=verdict, points=0).points == 0
    with pytest.raises(ValidationError):
        check(verdict=verdict, points=2)


@pytest.mark.parametrize("points", [math.nan, math.inf, -1, 1, 3])
def test_a_cell_is_worth_the_sum_of_its_checks(points: float) -> None:
    with pytest.raises(ValidationError):
        cell(check(), points=points)


def test_a_cell_is_never_worth_more_than_its_maximum() -> None:
    with pytest.raises(ValidationError):
        cell(check(), check(), check())


@pytest.mark.parametrize("points", [math.nan, math.inf, -1, 3])
def test_a_record_is_worth_the_sum_of_its_cells(points: float) -> None:
    with pytest.raises(ValidationError):
        record(cell(check()), points=points)


@pytest.mark.parametrize("status", [Status.ZERO, Status.UNGRADED])
def test_what_was_not_graded_has_no_points(status: Status) -> None:
    with pytest.raises(ValidationError):
        record(cell(check()), status=status)


def test_a_record_is_frozen_and_knows_nothing_extra() -> None:
    with pytest.raises(ValidationError):
        record().points = 10  # type: ignore[misc]
    with pytest.raises(ValidationError):
        record(bonus=5)


def test_json_there_and_back_and_by_the_published_schema() -> None:
    original = record(cell(check()), reason="")
    text = original.to_json()
    assert Record.from_json(text) == original
    jsonschema.validate(json.loads(text), Record.model_json_schema(by_alias=True))


def test_a_record_of_another_version_is_refused() -> None:
    changed = {**json.loads(record().to_json()), "schema": 2}
    with pytest.raises(ValidationError):
        Record.from_json(json.dumps(changed))


def test_the_published_schema_is_that_of_today() -> None:
    published = Path(__file__).parents[2] / "docs" / "record.schema.json"
    assert published.read_text(encoding="utf-8") == json_schema(), (
        "run: python -m course.record > docs/record.schema.json"
    )
