"""Mutants: what each rule makes of a solution, and what none of them touches."""

from __future__ import annotations

import ast

import pytest

from course.errors import ConfigurationError
from course.gate.mutants import Mutant, mutants_of
from course.gate.rules import BLOCK_RULES, RULES
from course.lab import LabCell


def mutants(solution: str, release: str = "") -> list[Mutant]:
    return list(
        mutants_of(LabCell("id", "solution", "code", release, solution, {"grade_id": "cell"}))
    )


def by_rule(rule: str, solution: str) -> list[tuple[str, str]]:
    return [(each.before, each.after) for each in mutants(solution) if each.rule == rule]


def expressions(rule: str, expression: str) -> list[str]:
    """What a rule makes of the value that a function of `a` and `b` returns."""
    solution = f"def f(a, b):\n    return {expression}"
    return [after.removeprefix("return ") for _, after in by_rule(rule, solution)]


@pytest.mark.parametrize(
    ("rule", "expression", "expected"),
    [
        ("operator", "a + b", ["a - b", "a * b"]),
        ("operator", "a ** b", ["a * b", "a / b"]),
        ("operator", "-a", ["a"]),
        ("operator", "not a", ["a"]),
        ("operator", "a and b", ["a or b"]),
        ("operand", "a - b", ["a", "b"]),
        ("operand", "a or b", ["a", "b"]),
        ("comparison", "a < b", ["a <= b", "a > b"]),
        ("comparison", "a == b != 1", ["a != b != 1", "a == b == 1"]),
        (
            "condition",
            "a if b else 1",
            ["a if not b else 1", "a if True else 1", "a if False else 1"],
        ),
        ("constant", "2", ["3", "1", "0", "-2"]),
        ("constant", "1", ["2", "0", "-1"]),
        ("constant", "0", ["1", "-1"]),
        ("constant", "0.5", ["1.5", "-0.5", "0.0"]),
        ("constant", "True", ["False"]),
        ("constant", "'text'", []),
        ("name", "a", ["b"]),
        ("name", "c", []),
        ("function", "np.mean(a)", ["np.sum(a)", "np.median(a)", "a"]),
        ("function", "a.sum()", ["a.mean()", "a.prod()", "a"]),
        ("function", "max(a, b)", ["min(a, b)"]),
        ("arguments", "f(a, b)", ["f(b, a)", "f(b)", "f(a)"]),
        ("keyword", "f(a, axis=0, out=b)", ["f(a, out=b)", "f(a, axis=0)"]),
        ("index", "a[0]", ["a"]),
        ("index", "a[:-1]", ["a"]),
        ("returned", "a", ["return"]),
        ("returned", "(a, b)", ["return", "(b, a)", "(b,)", "(a,)"]),
    ],
)
def test_what_may_stand_for_an_expression(rule: str, expression: str, expected: list[str]) -> None:
    assert expressions(rule, expression) == expected


LOOP = """\
def f(xs):
    total = 0
    for x in range(1, len(xs)):
        if x > 3:
            break
        total += x
    return total
"""


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("condition", "if x > 3:", "if not x > 3:"),
        ("assignment", "total += x", "total = x"),
        ("loop", "for x in range(1, len(xs)):", "for x in range(1, len(xs) + 1):"),
        ("loop", "for x in range(1, len(xs)):", "for x in range(1, len(xs) - 1):"),
        ("loop", "break", "continue"),
        ("removed", "total = 0", "left out"),
        ("removed", "if x > 3:", "left out"),
        ("swapped", "total = 0", "after for x in range(1, len(xs)):"),
        ("indented", "return total", "in the loop"),
        ("indented", "total += x", "after the loop"),
        ("unwrapped", "if x > 3:", "only what is below it"),
    ],
)
def test_what_may_become_of_a_statement(rule: str, before: str, after: str) -> None:
    assert (before, after) in by_rule(rule, LOOP)


def test_names_that_are_assigned_together_are_swapped() -> None:
    ((before, after),) = by_rule("assignment", "def f(a):\n    x, y = a\n    return x")
    assert (before.replace("(", "").replace(")", ""), after.replace("(", "").replace(")", "")) == (
        "x, y = a",
        "y, x = a",
    )


def test_a_return_moves_into_a_loop_that_ends_a_with_block() -> None:
    solution = (
        "def f(xs):\n    with open(xs):\n        for x in xs:\n            g(x)\n    return x"
    )
    (moved,) = [each for each in mutants(solution) if each.rule == "indented"]
    assert moved.source.endswith("            g(x)\n            return x")


def test_every_rule_is_tried_above() -> None:
    marks = [
        *test_what_may_stand_for_an_expression.pytestmark,  # type: ignore[attr-defined]
        *test_what_may_become_of_a_statement.pytestmark,  # type: ignore[attr-defined]
    ]
    assert {case[0] for mark in marks for case in mark.args[1]} == set(RULES | BLOCK_RULES)


def test_mutants_parse_differ_and_have_keys_of_their_own() -> None:
    found = mutants(LOOP)
    plain = ast.unparse(ast.parse(LOOP))
    assert len(found) > 40
    assert len({each.source for each in found} | {plain}) == len(found) + 1
    assert len({each.key for each in found}) == len(found)
    assert all(ast.parse(each.source) for each in found)
    assert found == mutants(LOOP)


def test_what_looks_alike_is_counted() -> None:
    twice = "def f(a, b):\n    g(a)\n    h()\n    g(a)"
    names = [each.after for each in mutants(twice) if each.rule == "name"]
    assert names == ["g(b)", "g(b)  #2"]


def test_what_the_release_gives_is_not_changed() -> None:
    release = 'def f(a):\n    """Doc."""\n    # YOUR CODE HERE\n    raise NotImplementedError("f")'
    solution = 'def f(a):\n    """Doc."""\n    return a\n    raise NotImplementedError("f")'
    assert {each.before for each in mutants(solution, release)} == {"return a"}
    assert any(each.before.startswith("raise") for each in mutants(solution))


def test_docstrings_and_annotations_are_not_changed() -> None:
    head = 'def f(a: int = 3) -> "text":'
    found = mutants(head + '\n    """Doc 1."""\n    b: float = a\n    return b', head + " ...")
    assert len(found) > 4
    for each in found:
        assert each.source.startswith("def f(a: int=3) -> 'text':\n")
        assert "Doc" not in each.source


def test_values_at_the_top_level_have_mutants_under_their_own_name() -> None:
    found = mutants("rate = None\nrate = 0.5", "rate = None\n# YOUR CODE HERE")
    assert {each.function for each in found} == {"rate"}
    assert ("rate = 0.5", "rate = 0.0") in [(each.before, each.after) for each in found]
    assert all("rate = None" in each.source for each in found)


def test_lines_for_ipython_are_passed_over_and_other_text_is_refused() -> None:
    assert mutants("%matplotlib inline\ndef f(a):\n    return a")
    with pytest.raises(ConfigurationError, match="The cell cell of the source notebook is no Py"):
        mutants("def f(a:\n    return a")
