"""Where a solution is found that is not in its own cell, and which of several counts."""

from dataclasses import replace

import pytest
from tiny_cells import DONE, LAB, SOLVED, STUB, expected, handed_in, rules, sources, split

from course.submission.read import StudentCell
from course.submission.repair import repair

LONG = 'def cost(x):\n    """Cost."""\n    y = 2 * x\n    return y / 2'


@pytest.mark.parametrize("at", [12, 16, 28, 29, 30, 42, 43, len(LONG) - 2])
@pytest.mark.parametrize("same_id", [True, False])
def test_a_split_solution_is_put_together(at: int, same_id: bool) -> None:
    first, second = split(LONG, at)
    second = second if same_id else replace(second, ids=frozenset())
    repaired = repair([*DONE[:2], first, second, *DONE[3:]], LAB)
    assert "".join(sources(repaired)[2].split()) == "".join(LONG.split())
    assert len(repaired.cells) == len(LAB.cells)
    assert rules(repaired) == [("split", "cost")]


def test_a_finished_function_is_not_joined_with_an_indented_cell() -> None:
    scratch = StudentCell("code", "    print(cost(3))")
    repaired = repair([*DONE[:3], scratch, *DONE[3:]], LAB)
    assert sources(repaired)[2:4] == [SOLVED, scratch.source]
    assert not repaired.repairs


def test_work_in_a_broken_cell_stays_before_what_is_taken_from_elsewhere() -> None:
    helper = "half = 0.5\ndef cost(x)\n    return"
    repaired = repair([*handed_in(cost=helper, answer="B."), StudentCell("code", SOLVED)], LAB)
    assert sources(repaired)[2:4] == [helper, SOLVED]


def test_a_comment_in_a_copied_stub_is_no_work() -> None:
    noted = StudentCell("code", STUB.replace("YOUR CODE HERE", "to do"), "cost")
    repaired = repair([*DONE[:3], noted, *DONE[3:]], LAB)
    assert sources(repaired)[2] in (SOLVED, noted.source)
    assert [cell.source for cell in repaired.cells if cell.lab_cell is LAB.cells[2]] == [SOLVED]


@pytest.mark.parametrize("body", ["pass", "...", '"""Mine."""', "raise NotImplementedError('x')"])
def test_a_function_that_does_nothing_is_not_taken_from_elsewhere(body: str) -> None:
    empty = StudentCell("code", f"def cost(x):\n    {body}")
    repaired = repair([*handed_in(answer="B."), empty], LAB)
    assert sources(repaired) == [*expected(STUB, "B."), empty.source]


def test_a_value_made_with_the_function_is_not_the_function() -> None:
    used = StudentCell("code", "cost = cost(3)")
    assert sources(repair([*handed_in(answer="B."), used], LAB))[2] == STUB


@pytest.mark.parametrize(
    "unusual",
    [
        "if np:\n    def cost(x):\n        return x",
        "try:\n    import numba\nexcept ImportError:\n    def cost(x):\n        return x",
        "    def cost(x):\n        return x",
        "\n\t# mine\n\n\tdef cost(x):\n\t    return x\n",
        "costs = {'mine': lambda x: x}\ncost = costs['mine']",
        "cost, other = lambda x: x, None",
        "cost = (lambda x: x) if np else None",
    ],
)
def test_an_unusual_solution_in_its_own_cell_counts_more_than_a_first_try_elsewhere(
    unusual: str,
) -> None:
    cells = handed_in(cost=unusual, answer="Because.")
    first_try = StudentCell("code", "def cost(x):\n    return -x")
    repaired = repair([*cells[:2], first_try, *cells[2:]], LAB)
    assert sources(repaired) == [*expected()[:2], first_try.source, unusual, *expected()[3:]]
    assert not repaired.repairs


@pytest.mark.parametrize(
    "own",
    [
        "cost = 4",
        "costs = [3]\ncost = costs[0]",
        "if np:\n    " + STUB.replace("\n", "\n    "),
        "    " + STUB.replace("\n", "\n    "),
        STUB + "\ncost = 4",
        "def helper(x):\n    return x",
    ],
)
def test_a_cell_without_a_function_of_that_name_leaves_it_to_another(own: str) -> None:
    cells = handed_in(cost=own, answer="Because.")
    repaired = repair([*cells[:2], StudentCell("code", SOLVED), *cells[2:]], LAB)
    assert rules(repaired) == [("adopted", "cost")]


def test_a_solution_in_the_cell_of_the_checks_is_not_lost() -> None:
    merged = handed_in(test_cost=SOLVED + "\nassert cost(1) == 1", answer="Because.")
    repaired = repair([cell for cell in merged if cell.grade_id != "cost"], LAB)
    assert sources(repaired) == expected(SOLVED + "\nassert cost(1) == 1")
    assert rules(repaired) == [("adopted", "cost"), ("restored", "test_cost")]


def test_what_was_added_to_a_given_cell_runs_before_it() -> None:
    mine = "import numpy as np\nfrom math import sqrt"
    repaired = repair(handed_in(setup=mine, cost=SOLVED, answer="Because."), LAB)
    assert sources(repaired) == ["# Lab", mine, *expected()[1:]]
    assert rules(repaired) == [("restored", "setup"), ("added", "setup")]


def test_a_copied_check_that_became_a_trial_stays_the_students_own() -> None:
    trial = StudentCell("code", "assert cost(7) == 7", "test_cost")
    repaired = repair([*DONE[:4], trial, *DONE[4:]], LAB)
    assert sources(repaired) == [*expected()[:4], trial.source, *expected()[4:]]
    assert not repaired.repairs


def test_a_copied_solution_that_became_a_trial_runs_where_it_stands() -> None:
    trial = StudentCell("code", "print(cost(7))", "cost")
    repaired = repair([*DONE, trial], LAB)
    assert sources(repaired) == [*expected(), trial.source]
    assert not repaired.repairs


def test_a_better_version_below_the_checks_is_told_that_it_does_not_count() -> None:
    again = StudentCell("code", "def cost(x):\n    return 1.0 * x")
    repaired = repair([*DONE, again], LAB)
    assert sources(repaired) == [*expected(), again.source]
    assert rules(repaired) == [("again", "cost")]
