"""Lab 1's hidden checks under test: they reject every wrong program and accept every right one.

The programs are ours, so they run in this process. What is judged is the checks, the words that
students read, and the diagnoses.
"""

import copy
import inspect
import json
import re
import types
from pathlib import Path

import numpy as np
import pytest
from lab1 import misconceptions
from lab1.data import LAB_X, LAB_Y
from lab1.right_programs import RIGHT
from lab1.sample_class import SOLVED

from course.judge.checks import Checks
from course.judge.collection import Check
from course.judge.diagnosis import Library, Misconception, agree, diagnose, observe
from course.judge.proxy import InProcess
from course.record import Outcome

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "lab1"
SECRETS = ("a secret", "another")
POINTS = {
    "test_hypothesis": 8,
    "test_cost": 14,
    "test_gradient": 18,
    "test_update": 8,
    "test_gradient_descent": 24,
    "test_learning_rate": 12,
}
LIBRARY = Library.of(misconceptions)
DEFAULTS = {e.name: copy.deepcopy(e.program.__defaults__) for e in LIBRARY.misconceptions}
FUNCTIONS = [e for e in LIBRARY.misconceptions if e.function in misconceptions.PROBES]
RIGHT_NAMESPACE = {**misconceptions.REFERENCE, **misconceptions.CHOICES}
SOLUTION = re.compile(r"### BEGIN SOLUTION(\n.*?)### END SOLUTION", re.DOTALL)
CORE = {
    "test_gradient_descent::test_history",
    "test_gradient_descent::test_reaches_the_best_line",
    "test_gradient_descent::test_one_step",
    "test_gradient_descent::test_too_large_a_rate_diverges",
    "test_gradient_descent::test_inputs_untouched",
}


@pytest.fixture(scope="module")
def all_checks() -> list[Checks]:
    return [Checks(FOLDER, secret) for secret in SECRETS]


@pytest.fixture(scope="module")
def checks(all_checks: list[Checks]) -> Checks:
    return all_checks[0]


def cell_of(function: str) -> str:
    return "test_learning_rate" if function.endswith("_rate") else f"test_{function}"


def fresh(each: Misconception) -> object:
    """The program with nothing kept from earlier calls, or the number that it stands for."""
    if each.function in misconceptions.CHOICES:
        return each.program()
    code, names = each.program.__code__, each.program.__globals__
    return types.FunctionType(code, names, each.name, copy.deepcopy(DEFAULTS[each.name]))


def rejecting(checks: Checks, function: str, program: object) -> set[str]:
    """The checks of one function that do not pass with `program` in its place."""
    cell = cell_of(function)
    verdicts = checks.judge(cell, InProcess({**RIGHT_NAMESPACE, function: program}))
    return {f"{cell}::{each.name}" for each in verdicts if each.outcome is not Outcome.PASSED}


@pytest.fixture(scope="module")
def rejections(all_checks: list[Checks]) -> dict[str, set[str]]:
    """For every misconception the checks that reject it whatever the secret."""
    return {
        each.name: set.intersection(
            *(rejecting(checks, each.function, fresh(each)) for checks in all_checks)
        )
        for each in LIBRARY.misconceptions
    }


def every_check(checks: Checks) -> dict[str, Check]:
    return {f"{cell}::{c.name}": c for cell, group in checks.by_cell.items() for c in group}


def name_of(value: object) -> str | None:
    return getattr(value, "name", None) or getattr(value, "__name__", None)


# The checks


def test_points_are_whole_and_sum_to_the_grade_cells(checks: Checks) -> None:
    weights = {cell: [c.max_points for c in group] for cell, group in checks.by_cell.items()}
    assert {cell: sum(points) for cell, points in weights.items()} == POINTS
    assert all(points == int(points) for group in weights.values() for points in group)


def test_every_check_begins_with_a_sentence_for_the_student(checks: Checks) -> None:
    for name, check in every_check(checks).items():
        assert check.title.endswith("."), name
        assert len(check.title) <= 95, name


def test_the_right_functions_earn_everything(all_checks: list[Checks]) -> None:
    for checks in all_checks:
        for cell in POINTS:
            verdicts = checks.judge(cell, InProcess(RIGHT_NAMESPACE))
            assert [v for v in verdicts if v.outcome is not Outcome.PASSED] == []


def test_nothing_written_earns_nothing(checks: Checks) -> None:
    def stub(*_: object) -> None:
        raise NotImplementedError

    nothing = dict.fromkeys(misconceptions.REFERENCE, stub) | dict.fromkeys(misconceptions.CHOICES)
    for cell in POINTS:
        outcomes = {verdict.outcome for verdict in checks.judge(cell, InProcess(nothing))}
        assert Outcome.PASSED not in outcomes


@pytest.mark.parametrize(("function", "program"), RIGHT, ids=name_of)
def test_a_right_program_passes_every_check(
    all_checks: list[Checks], function: str, program: object
) -> None:
    for checks in all_checks:
        assert rejecting(checks, function, program) == set()


def test_there_are_enough_programs_of_both_kinds() -> None:
    assert len(LIBRARY.misconceptions) >= 100
    assert len(RIGHT) >= 50
    assert {each.function for each in LIBRARY.misconceptions} == set(RIGHT_NAMESPACE)


@pytest.mark.parametrize("each", LIBRARY.misconceptions, ids=name_of)
def test_a_misconception_is_rejected_by_the_checks_it_names(
    rejections: dict[str, set[str]], each: Misconception
) -> None:
    assert each.rejected_by
    assert set(each.rejected_by) <= rejections[each.name]


def test_every_check_rejects_something(checks: Checks, rejections: dict[str, set[str]]) -> None:
    assert set(every_check(checks)) == set.union(*rejections.values())


def test_a_check_rejects_something_alone_or_is_there_to_explain(
    checks: Checks, rejections: dict[str, set[str]]
) -> None:
    alone = {next(iter(names)) for names in rejections.values() if len(names) == 1}
    assert set(every_check(checks)) - alone == set(misconceptions.EXPLANATORY)


def test_five_checks_see_every_wrong_path(rejections: dict[str, set[str]]) -> None:
    """All but number types and overflow, which have a check of their own."""
    missed = {
        each.name
        for each in LIBRARY.of_function("gradient_descent")
        if not rejections[each.name] & CORE
    }
    assert missed == {
        "parameters_in_a_whole_number_array",
        "overflow_hidden",
        "stops_at_overflow",
    }


def notebook(*typed: str) -> dict[str, object]:
    """The names of a notebook with right solutions, in which these were typed after them."""
    names: dict[str, object] = {"np": np, "x": LAB_X, "y": LAB_Y, "print": lambda *_: None}
    for source in (*SOLVED.values(), *typed):
        exec(source, names)
    return names


@pytest.mark.parametrize("each", FUNCTIONS, ids=name_of)
def test_a_misconception_is_the_same_when_a_student_types_it(each: Misconception) -> None:
    """Its source needs nothing but what stands in the notebook."""
    probes = misconceptions.PROBES[each.function]
    ours = observe(InProcess({each.function: fresh(each)}), each.function, probes)
    assert agree(observe(InProcess(notebook(each.source())), each.function, probes), ours)


def earned(checks: Checks, names: dict[str, object]) -> float:
    """What a whole notebook's functions are worth."""
    return sum(
        check.max_points * (verdict.outcome is Outcome.PASSED)
        for cell, group in checks.by_cell.items()
        for check, verdict in zip(group, checks.judge(cell, InProcess(names)), strict=True)
    )


def test_a_missing_factor_2_costs_little(checks: Checks) -> None:
    source = misconceptions.factor_2_missing.misconception.source()
    right = earned(checks, {**notebook(), **misconceptions.CHOICES})
    assert right == sum(POINTS.values())
    assert earned(checks, {**notebook(source), **misconceptions.CHOICES}) >= 0.85 * right


def test_constants_earn_next_to_nothing(checks: Checks) -> None:
    constants = {
        "hypothesis": lambda x, *_: 1.0 + 0 * x,
        "cost": lambda *_: 1.0,
        "gradient": lambda *_: (1.0, 1.0),
        "update": lambda *_: (1.0, 1.0),
        "gradient_descent": lambda *args: (1.0, 1.0, [1.0] * args[-1]),
        "critical_rate": lambda _: 0.03,
    }
    assert earned(checks, constants) <= 0.1 * sum(POINTS.values())


# The words


def solution_lines() -> set[str]:
    """What no message may hold: lines of the right functions, ours and the source notebook's."""
    text = "\n".join(inspect.getsource(each) for each in misconceptions.REFERENCE.values())
    notebook = ROOT / "source" / "lab1" / "lab1.ipynb"
    if notebook.is_file():
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            text += "\n".join(
                re.findall(
                    r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", "".join(cell["source"]), re.S
                )
            )
    lines = {re.sub(r"\s+", "", line) for line in text.splitlines() if '"""' not in line}
    return {line for line in lines if len(line) > 8 and not line.startswith(("#", "def"))}


@pytest.mark.parametrize("each", LIBRARY.misconceptions, ids=name_of)
def test_a_message_is_short_and_gives_no_solution(each: Misconception) -> None:
    assert 8 <= len(each.message.split()) <= 80
    assert each.message.endswith((".", "?"))
    squeezed = re.sub(r"\s+", "", each.message)
    assert [line for line in solution_lines() if line in squeezed] == []


def test_messages_are_pairwise_different() -> None:
    messages = [each.message for each in LIBRARY.misconceptions if "None" not in each.message]
    by_function = [(e.function, e.message) for e in LIBRARY.misconceptions]
    assert len(by_function) == len(set(by_function))
    assert len(set(messages)) >= 0.9 * len(messages)


# The diagnosis


@pytest.mark.parametrize("each", FUNCTIONS, ids=name_of)
def test_a_misconception_is_diagnosed_as_itself(each: Misconception) -> None:
    found = diagnose(InProcess({each.function: fresh(each)}), each.function, LIBRARY)
    assert found is not None
    assert found.name == each.name


@pytest.mark.parametrize(("function", "program"), RIGHT, ids=name_of)
def test_a_right_program_is_diagnosed_as_nothing(function: str, program: object) -> None:
    assert diagnose(InProcess({function: program}), function, LIBRARY) is None


def test_an_unknown_mistake_is_diagnosed_as_nothing() -> None:
    def strange(x, y, W, b):
        return 3.25

    assert diagnose(InProcess({"cost": strange}), "cost", LIBRARY) is None


@pytest.mark.parametrize("each", FUNCTIONS, ids=name_of)
def test_inside_a_whole_notebook_the_diagnosis_is_its_own_or_none(
    checks: Checks, each: Misconception
) -> None:
    """Also in the cell of a later exercise, where a wrong function shows for the second time."""
    callee = InProcess(notebook(each.source()))
    for cell in POINTS:
        if any(v.outcome is not Outcome.PASSED for v in checks.judge(cell, callee)):
            found = checks.diagnose(cell, callee)
            assert found is None or found.name == each.name
