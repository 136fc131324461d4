"""Values from a student's process: what they may be coerced to, and what is refused."""

import math
from typing import Any

import numpy as np
import pytest

from course.judge.expect import CheckFailed, close, require, show
from course.judge.returned import Returned, kind


def returned(raw: Any) -> Returned:
    return Returned(raw, "cost", "cost(1.0)")


class Liar:
    """Agrees with everything; the wire would never let it through."""

    def __repr__(self) -> str:
        return "Liar()"

    def __eq__(self, other: object) -> bool:
        return True

    def __float__(self) -> float:
        return 3.0

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    "raw",
    [
        *(3, 3.0, np.float32(3), np.int64(3), np.array(3.0), np.array(3)),
        *(3 + 0j, np.complex64(3), np.array(3 + 0j)),
    ],
)
def test_any_plain_number_is_a_number(raw: Any) -> None:
    assert returned(raw).number() == 3.0


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "3.0",
        True,
        np.True_,
        3 + 1e-9j,
        complex(3, math.nan),
        np.array(3 + 1j),
        [3.0],
        (3.0,),
        np.array([3.0]),
        {"value": 3.0},
        Liar(),
        math.nan,
        math.inf,
        np.array(math.nan),
        10**400,
        b"3",
    ],
    ids=repr,
)
def test_nothing_else_is(raw: Any) -> None:
    with pytest.raises(CheckFailed):
        returned(raw).number()


@pytest.mark.parametrize("raw", [(1.0, 2.0), [1, 2], np.array([1.0, 2.0]), (np.array(1.0), 2)])
def test_a_pair_may_be_a_tuple_a_list_or_an_array(raw: Any) -> None:
    assert returned(raw).pair() == (1.0, 2.0)


@pytest.mark.parametrize("raw", [1.0, (1.0,), (1.0, 2.0, 3.0), {1.0, 2.0}, (1.0, math.nan), "12"])
def test_nothing_else_is_a_pair(raw: Any) -> None:
    with pytest.raises(CheckFailed):
        returned(raw).pair()


def test_arrays_keep_their_shape_and_lose_their_type() -> None:
    found = returned(np.array([[1, 2]], dtype=np.int8)).array((1, 2))
    assert found.dtype == np.float64
    assert returned([[1.0, 2.0], [3, 4]]).array().shape == (2, 2)
    assert returned(np.array([1 + 0j, 2])).array().tolist() == [1.0, 2.0]
    for raw in (
        [1.0, [2.0]],
        np.array([1.0, math.inf]),
        np.array(["a"]),
        [1.0, "a"],
        np.array([1j]),
    ):
        with pytest.raises(CheckFailed):
            returned(raw).array()
    with pytest.raises(CheckFailed, match="two-dimensional array, where an array of shape"):
        returned(np.ones((2, 1))).array((2,))


def test_numbers_is_flat_and_counts() -> None:
    assert returned([1, 2.5]).numbers(2) == [1.0, 2.5]
    for raw in ([1.0, (2.0, 3.0)], [[1.0], [2.0]], 1.0):
        with pytest.raises(CheckFailed):
            returned(raw).numbers()
    with pytest.raises(CheckFailed, match="a list of 2 numbers"):
        returned([1.0]).numbers(2)


@pytest.mark.parametrize("want", [2.0, (1.0, 2.0), np.array([1.0, 2.0, 3.0])])
def test_should_be_accepts_the_value_and_rejects_its_neighbours(want: Any) -> None:
    returned(want).should_be(want)
    exact = np.asarray(want, dtype=float)
    for wrong in (exact * (1 + 3e-6), exact + 1, -exact, exact * math.nan, exact[..., None]):
        with pytest.raises(CheckFailed):
            returned(wrong).should_be(want)


def test_should_be_says_what_was_asked_expected_and_got_but_only_as_evidence() -> None:
    with pytest.raises(CheckFailed) as caught:
        returned(6.5).should_be(3.25)
    evidence = caught.value.evidence
    assert evidence is not None
    assert (evidence.call, evidence.expected, evidence.got) == ("cost(1.0)", "3.25", "6.5")
    assert not any(digit in caught.value.sentence for digit in "0123456789")


def test_a_value_cannot_be_compared_before_it_is_coerced() -> None:
    value = returned(3.0)
    for compare in (
        lambda: value == 3.0,
        lambda: value != 3.0,
        lambda: value < 4,
        lambda: value >= 3,
        lambda: bool(value),
    ):
        with pytest.raises(TypeError, match="before it was coerced"):
            compare()


def test_close_is_written_in_the_accepting_form() -> None:
    assert close(1.0, 1.0 + 5e-7)
    assert not close(1.0, 1.0 + 5e-6)
    assert not close(math.nan, 1.0)
    assert not close(math.nan, math.nan)
    assert not close([1.0], [1.0, 1.0])
    assert not close(math.inf, 1.0)
    assert not close(1.0, math.inf)
    assert not close(math.inf, math.inf)


def test_require_wants_true_itself() -> None:
    require(True)
    require(np.True_)
    for condition in (False, np.False_, 1, "yes", Liar(), None):
        with pytest.raises(CheckFailed):
            require(condition)


def test_show_and_kind_are_bounded_and_hold_no_number_of_an_array() -> None:
    for huge in ("x" * 10_000, b"x" * 10_000, list(range(10_000)), {n: n for n in range(10_000)}):
        assert 0 < len(show(huge)) <= 400
    assert len(show(np.arange(10_000))) <= 400
    assert kind(np.array([7.0])) == "a one-dimensional array"
    assert "7" not in kind(7)


@pytest.mark.parametrize("huge", [np.zeros(200_000), [0.0] * 200_000, ((0.0,) * 200_000,)])
def test_more_values_than_a_check_asks_for_are_refused_before_they_cost_anything(huge: Any) -> None:
    value = returned(huge[0] if isinstance(huge[0], tuple) else huge)
    for coerce in (value.numbers, value.pair):
        with pytest.raises(CheckFailed):
            coerce()


def test_an_empty_array_of_enormous_shape_is_no_number() -> None:
    enormous = np.empty((0, 1 << 39, 1 << 22), dtype=np.int8)
    for raw in (enormous, [enormous, enormous]):
        with pytest.raises(CheckFailed):
            returned(raw).array((7,))


def test_a_length_or_shape_that_a_student_chose_is_not_repeated_to_him() -> None:
    for raw in (np.empty((0, 431, 77)), [0.0] * 431, (0,) * 431, np.zeros(431)):
        value = returned(raw)
        for coerce, wanted in ((value.number, ()), (value.pair, ()), (value.numbers, (3,))):
            with pytest.raises(CheckFailed) as caught:
                coerce(*wanted)
            assert "431" not in caught.value.sentence
