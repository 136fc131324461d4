"""A mistake is named when exactly one wrong program gives its numbers, and never otherwise."""

import math
from time import process_time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from course.judge.diagnosis import Library, added, agree, diagnose, misconception, plain
from course.judge.proxy import InProcess


def double(x: Any) -> Any:
    return 2 * x


@misconception("double", "You halved.", rejected_by=("test_double::test_value",))
def halved(x: Any) -> Any:
    return x / 2


@misconception("double", "You squared.")
def squared(x: Any) -> Any:
    return x**2


@misconception("double", "You squared, too.")
def multiplied(x: Any) -> Any:
    return x * x


@misconception("double", "You changed x.")
def in_place(x: Any) -> Any:
    x *= 2
    return x


@misconception("double", "You forgot to return.")
def silent(x: Any) -> None:
    print(end="")


MODULE = SimpleNamespace(
    REFERENCE={"double": double},
    PROBES={"double": [(np.array([1.0, 3.0]),), (np.array([-0.5, 7.0]),)]},
    halved=halved,
    squared=squared,
    multiplied=multiplied,
    in_place=in_place,
    silent=silent,
)
LIBRARY = Library.of(MODULE)  # type: ignore[arg-type]


def named(function: Any) -> str | None:
    found = diagnose(InProcess({"double": function}), "double", LIBRARY)
    return None if found is None else found.name


def test_the_library_is_what_is_marked_in_order() -> None:
    names = [each.name for each in LIBRARY.misconceptions]
    assert names == ["halved", "squared", "multiplied", "in_place", "silent"]


def test_a_mistake_written_in_another_way_is_named() -> None:
    assert named(lambda x: x * 0.5) == "halved"
    assert named(lambda x: [each / 2 for each in x]) == "halved"
    assert named(lambda x: None) == "silent"


def test_a_right_answer_has_no_mistake_unless_it_changes_its_input() -> None:
    assert named(lambda x: x + x) is None
    assert named(in_place) == "in_place"


def test_what_two_programs_explain_is_not_named() -> None:
    assert named(lambda x: x**2) is None


@pytest.mark.parametrize(
    "function", [lambda x: x / 2 + 1e-3, lambda x: x[:1], lambda x: 1 / 0, lambda x: math.nan, 3]
)
def test_what_no_program_explains_is_not_named(function: Any) -> None:
    assert named(function) is None


def test_a_function_without_probes_is_not_diagnosed() -> None:
    assert diagnose(InProcess({"other": double}), "other", LIBRARY) is None


def test_a_misconception_can_be_typed_out_as_a_student_would() -> None:
    assert LIBRARY.misconceptions[0].source() == ("def double(x: Any) -> Any:\n    return x / 2\n")


@misconception("steps", "Your list outlives the call.")
def kept_in_a_default(n: int, found: list[int] = []) -> Any:  # noqa: B006
    found.extend(range(n))
    return n, found


@misconception("steps", "Your list outlives the call, and is counted.")
def kept_and_counted(n: int, found: list[int] = []) -> Any:  # noqa: B006
    found.extend(range(n))
    return len(found), found


KEEPERS = Library(
    [each.misconception for each in (kept_in_a_default, kept_and_counted)],  # type: ignore[attr-defined]
    {"steps": lambda n: (n, list(range(n)))},
    {"steps": [(3,), (0,), (2,), (2,)]},
)


@pytest.mark.parametrize("calls", [0, 1, 9])
def test_what_grows_from_call_to_call_is_named_however_often_it_was_called(calls: int) -> None:
    kept: list[int] = []

    def own(n: int) -> tuple[int, list[int]]:
        for k in range(n):
            kept.append(k)
        return n, kept

    callee = InProcess({"steps": own})
    for _ in range(calls):
        callee.call("steps", 4)
    found = diagnose(callee, "steps", KEEPERS)
    assert found is not None
    assert found.name == "kept_in_a_default"


def test_what_grows_by_something_else_is_not_named() -> None:
    kept: list[int] = []

    def own(n: int) -> tuple[int, list[int]]:
        kept.extend(range(n + 1))
        return n, kept

    assert diagnose(InProcess({"steps": own}), "steps", KEEPERS) is None


def test_agreement_is_close_and_structural() -> None:
    assert agree((1.0, (2.0,)), (1.0 + 1e-9, (2.0,)))
    assert agree(math.nan, math.nan)
    assert agree(math.inf, math.inf)
    assert not agree(1.0, 1.0 + 1e-5)
    assert not agree(1.0, math.nan)
    assert not agree((1.0,), (1.0, 2.0))
    assert not agree((1.0,), 1.0)
    assert not agree("str", "dict")
    assert agree("str", "str")
    assert agree(0.0, 1e-11)
    assert not agree(0.0, 1e-9)
    assert not agree(None, 0.0)


def test_deep_answers_are_compared_in_little_time() -> None:
    deep: list[Any] = [None] * 90_000
    for _ in range(20):
        deep = [deep]
    start = process_time()
    before, now = plain(deep), plain([*deep, None])
    assert not agree(before, now)
    assert added(before, now) != before
    assert process_time() - start < 0.2
    nested = np.arange(2.0**6).reshape((2,) * 6)
    assert plain(nested) == plain(nested.tolist())
