"""Lab 1's hidden checks under test: they reject every wrong program and accept every right one.

The programs are ours, so they run in this process: it is the checks that are judged here.
"""

from collections import Counter
from functools import partial
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from lab1 import misconceptions, truth
from lab1.right_programs import RIGHT
from lab1_programs import FOLDER, LIBRARY, RIGHT_NAMESPACE, earned, fresh, name_of, whole

from course.judge.checks import Checks
from course.judge.collection import Check
from course.judge.diagnosis import Misconception
from course.judge.proxy import InProcess
from course.record import Outcome

SECRETS = ("a secret", "another")
POINTS = {
    "test_hypothesis": 8,
    "test_cost": 14,
    "test_gradient": 18,
    "test_update": 8,
    "test_gradient_descent": 24,
    "test_learning_rate": 12,
}
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


@pytest.mark.parametrize(("function", "program"), RIGHT, ids=name_of)
def test_a_right_program_leaves_later_exercises_right(
    checks: Checks, function: str, program: object
) -> None:
    assert earned(checks, whole(function, program)) == sum(POINTS.values())


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
    explaining = {name for name, check in every_check(checks).items() if check.explanatory}
    assert set(every_check(checks)) - alone == explaining


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


def test_a_step_that_ignores_the_gradient_goes_nowhere_downhill(all_checks: list[Checks]) -> None:
    def same_way_always(W: float, b: float, dW: float, db: float, rate: float) -> object:
        return W - rate, b + rate

    for checks in all_checks:
        down = "test_update::test_goes_downhill"
        assert down in rejecting(checks, "update", same_way_always)


def test_what_ignores_the_data_is_no_mean_of_it(all_checks: list[Checks]) -> None:
    programs = {
        "cost": lambda x, y, W, b: W * W + b * b,
        "gradient": lambda x, y, W, b: (2 * W, 2 * b),
    }
    for checks in all_checks:
        for name, program in programs.items():
            assert f"test_{name}::test_more_data" in rejecting(checks, name, program)


def test_what_never_looks_at_the_points_has_no_residuals(all_checks: list[Checks]) -> None:
    def below(x: object, y: object, W: float, b: float) -> float:
        return max(0.0, b + 1)

    def higher(x: object, y: object, W: float, b: float) -> float:
        return 10 + b

    def guessed(x: object, y: object, W: float, b: float) -> object:
        middle = 0.0 if abs(W) < 0.7 else 2.0 if W > 0 else -2.0  # where lines of the checks lie
        way = W - middle if middle else b - 1.25
        return way, way

    for checks in all_checks:
        cost, gradient = (partial(rejecting, checks, name) for name in ("cost", "gradient"))
        assert "test_cost::test_zero_on_a_perfect_line" in cost(below)
        assert "test_cost::test_above_and_below" in cost(higher)
        assert "test_gradient::test_points_uphill" in gradient(guessed)


def test_a_slope_of_a_cost_that_never_looks_at_the_points_earns_nothing(
    all_checks: list[Checks],
) -> None:
    programs = {
        "cost": lambda x, y, W, b: W * W + b * b,
        "gradient": lambda x, y, W, b: (2 * W, 2 * b),
    }
    for checks in all_checks:
        verdicts = checks.judge("test_gradient", InProcess({**RIGHT_NAMESPACE, **programs}))
        slope = next(each for each in verdicts if each.name == "test_slope_of_the_cost")
        assert slope.outcome is not Outcome.PASSED


def test_a_gradient_for_one_number_of_points_is_none(all_checks: list[Checks]) -> None:
    def of(size: int, x: np.ndarray, y: np.ndarray, W: float, b: float) -> object:
        residual = W * x + b - y
        return 2 * (residual * x).sum() / size, 2 * residual.sum() / size

    both = {"test_gradient::test_first_component", "test_gradient::test_second_component"}
    for checks in all_checks:
        for size in range(2, 12):
            assert both <= rejecting(checks, "gradient", partial(of, size))


def test_a_critical_rate_for_one_number_of_points_is_none(all_checks: list[Checks]) -> None:
    def of(size: int, x: np.ndarray) -> float:
        mean, square = x.sum() / size, (x.astype(float) ** 2).sum() / size
        return float(2 / np.linalg.eigvalsh(2 * np.array([[square, mean], [mean, 1.0]]))[-1])

    for checks in all_checks:
        for size in range(2, 12):
            wrong = rejecting(checks, "critical_rate", partial(of, size))
            assert "test_learning_rate::test_critical_rate" in wrong


def test_a_history_for_one_number_of_points_is_none(all_checks: list[Checks]) -> None:
    def of(size: int, *case: Any) -> object:
        W, b, history = truth.descent(*case)
        return W, b, [each * len(case[0]) / size for each in history]

    for checks in all_checks:
        for size in range(2, 12):
            wrong = rejecting(checks, "gradient_descent", partial(of, size))
            assert "test_gradient_descent::test_history" in wrong


def test_a_step_with_clipped_slopes_or_rate_is_none(all_checks: list[Checks]) -> None:
    def clipped(most: float, W: float, b: float, dW: float, db: float, rate: float) -> object:
        return W - rate * min(dW, most), b - rate * max(db, -most)

    def slow(most: float, W: float, b: float, dW: float, db: float, rate: float) -> object:
        return W - min(rate, most) * dW, b - min(rate, most) * db

    for checks in all_checks:
        for program in (clipped, slow):
            for most in (0.5, 1.0, 5.0, 10.0):
                wrong = rejecting(checks, "update", partial(program, most))
                assert "test_update::test_step_size" in wrong


def test_who_counts_calls_does_not_know_which_points_lie_twice_as_far(
    all_checks: list[Checks],
) -> None:
    def counting(order: tuple[int, ...]) -> object:
        calls: Counter[tuple[float, ...]] = Counter()

        def cost(x: np.ndarray, y: object, W: float, b: float) -> float:
            calls[W, b, *x] += 1
            return float(order[calls[W, b, *x] % len(order) - 1] ** 2)

        return cost

    for checks in all_checks:
        programs = [counting(order) for order in permutations((1, 2, 4))]
        wrong = ["test_cost::test_twice_as_far" in rejecting(checks, "cost", p) for p in programs]
        assert wrong.count(False) <= 1


def test_what_is_small_beside_another_slope_is_not_flat(all_checks: list[Checks]) -> None:
    def steep(x: object, y: object, W: float, b: float) -> object:
        return 10.0 ** (50 * b), 10.0 ** (50 * b)

    for checks in all_checks:
        flat = "test_gradient::test_flat_at_the_best_line"
        assert flat in rejecting(checks, "gradient", steep)


@pytest.mark.parametrize("last", [None, "inf", [1e20]], ids=repr)
def test_what_is_no_number_is_no_overflow(checks: Checks, last: object) -> None:
    def ends_otherwise(*args: object) -> object:
        W, b, history = RIGHT_NAMESPACE["gradient_descent"](*args)  # type: ignore[operator]
        return W, b, [*history[:-1], last]

    overflow = "test_gradient_descent::test_overflow"
    assert overflow in rejecting(checks, "gradient_descent", ends_otherwise)


def test_a_history_that_grows_by_itself_is_no_overflow(all_checks: list[Checks]) -> None:
    def grows(x: object, y: object, W: float, b: float, rate: float, steps: int) -> object:
        return W, b, [50.0 ** min(step, 170) for step in range(steps)]

    overflow = "test_gradient_descent::test_overflow"
    for checks in all_checks:
        assert overflow in rejecting(checks, "gradient_descent", grows)


def test_a_cost_that_is_next_to_nothing_is_not_twice_as_large(checks: Checks) -> None:
    """Two such costs lie closer together than rounding would be allowed to take them."""
    tiny = {"cost": lambda x, y, W, b: 1e-13 * (abs(W) + abs(b))}
    verdicts = {each.name: each.outcome for each in checks.judge("test_cost", InProcess(tiny))}
    assert verdicts["test_twice_as_far"] is Outcome.FAILED
