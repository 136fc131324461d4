"""Lab 1 stands behind the gate: it is green, it has teeth, and the page of marks is current."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from course.config import load_settings
from course.gate import marks
from course.gate.findings import findings
from course.gate.programs import Kind
from course.gate.tried import Plan, Tried

ROOT = Path(__file__).parents[2]
MARKS = "docs/lab1-marks.md"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tried() -> Tried:
    return Plan(load_settings(ROOT), "lab1", processes=2).run()


def test_the_gate_is_green(tried: Tried) -> None:
    assert [each.sentence for each in findings(tried)] == []


def test_there_is_enough_to_be_green_about(tried: Tried) -> None:
    count = Counter(trial.kind for trial in tried.results)
    assert count[Kind.MISCONCEPTION] >= 100
    assert count[Kind.RIGHT] >= 50
    assert count[Kind.MUTANT] >= 150
    assert len(tried.programs.equivalent) <= count[Kind.MUTANT] / 20


def test_the_page_of_marks_is_current(tried: Tried) -> None:
    assert (ROOT / MARKS).read_text(encoding="utf-8") == marks.page(tried, MARKS), (
        f"run `course gate lab1 --marks {MARKS}`"
    )


def test_no_mistake_costs_another_exercise_anything(tried: Tried) -> None:
    wrong = [each for each in tried.results if each.kind is Kind.MISCONCEPTION]
    elsewhere = {
        trial.name: sorted(check for check in result.rejected_by if cell_of(check) not in own)
        for trial in wrong
        for own in [tried.exercises[trial.function]]
        for result in tried.results[trial]
    }
    assert {name: checks for name, checks in elsewhere.items() if checks} == {}


def cell_of(check: str) -> str:
    return check.split("::")[0]


def test_whoever_forgets_one_factor_keeps_most_points(tried: Tried) -> None:
    lost = {
        trial.name: sum(
            check.max_points
            for cell, group in tried.checks.items()
            for check in group
            if f"{cell}::{check.name}" in results[0].rejected_by
        )
        for trial, results in tried.results.items()
        if trial.kind is Kind.MISCONCEPTION
    }
    assert lost["factor_2_missing"] <= 12
    assert lost["half_the_mean_square"] <= 7
    assert lost["sum_of_squares"] <= 10


EDITS = {
    # a check emptied: only it sees overflow hidden
    ("test_gradient_descent.py", "    last = entries[-1].any_number()\n"): (
        "    return\n    last = entries[-1].any_number()\n"
    ),
    # a tolerance weakened: it alone sees a rate that is a little off
    ("test_learning_rate.py", "should_be(truth.critical_rate(x))\n\n\n@pytest.mark.points(2)"): (
        "should_be(truth.critical_rate(x), rel=0.2)\n\n\n@pytest.mark.points(2)"
    ),
    # a check for nothing at all
    ("test_update.py", "    submission.update(*step).should_be(truth.update(*step))\n\n\n"): (
        "    pass\n\n\n"
    ),
}


def test_it_has_teeth(tmp_path: Path) -> None:
    for name in ("source/lab1", "release/lab1", "tests/lab1"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "course_config.py", tmp_path)
    for (name, old), new in EDITS.items():
        path = tmp_path / "tests" / "lab1" / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name} has changed: weaken another check here"
        path.write_text(text.replace(old, new), encoding="utf-8")
    tried = Plan(load_settings(tmp_path), "lab1", processes=2).run()
    found = "\n".join(each.sentence for each in findings(tried))
    for program in ("overflow_hidden", "a_safe_distance_below", "twice_the_step"):
        assert f"The misconception {program} (" in found
    assert "(critical_rate) gets through, past the checks of test_learning_rate." in found
    assert "The mutant update · " in found
    assert "The check test_update::test_step_size rejects no misconception." in found
