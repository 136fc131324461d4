"""Values from a student's process: what they may be coerced to, and what is refused."""

import math
import time
import tracemalloc
from typing import Any

import numpy as np
import pytest

from course.judge.diagnosis import plain
from course.judge.expect import CheckFailed, close, is_same, require, show, tolerance
from course.judge.returned import MOST_VALUES, Returned, kind


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


@pytest.mark.parametrize("raw", [math.inf, -math.inf, math.nan, np.array(math.nan), 2, 1.5])
def test_any_number_may_be_inf_or_nan(raw: Any) -> None:
    assert str(returned(raw).any_number()) == str(float(raw))


@pytest.mark.parametrize("raw", [None, "inf", True, [math.inf], 1j, b"3"], ids=repr)
def test_what_is_no_number_is_none_of_those_either(raw: Any) -> None:
    with pytest.raises(CheckFailed):
        returned(raw).any_number()


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
    assert returned([]).array().shape == (0,)
    for raw in (
        [1.0, [2.0]],
        np.array([1.0, math.inf]),
        np.array(["a"]),
        [1.0, "a"],
        np.array([1j]),
    ):
        with pytest.raises(CheckFailed):
            returned(raw).array()
    with pytest.raises(
        CheckFailed, match=r"should give an array of shape .*, but gives a two-dimensional array"
    ):
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
    with pytest.raises(CheckFailed) as caught:
        returned("ab").number()
    assert caught.value.evidence is not None
    assert (caught.value.evidence.expected, caught.value.evidence.got) == ("", "'ab'")


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


def test_the_largest_number_sets_the_scale_of_what_is_close() -> None:
    assert tolerance(3.0, 1e-6, 1e-12) == pytest.approx(3.000001e-6, rel=1e-12)
    assert tolerance([-4.0, 1.0], 0.5, 0.25) == 2.25
    assert tolerance([], 0.5, 0.25) == 0.25
    assert close([4.0, 1.0 + 3e-6], [4.0, 1.0])
    assert not close([4.0, 1.0 + 5e-6], [4.0, 1.0])
    assert close(0.0, 1e-13)
    assert not close(0.0, 1e-11)
    assert close(8.5, 8.0, rel=0.0, abs=0.5)
    assert close([[1.0, 2.0]], [[1.0, 2.0]])
    assert not close([1.0, 2.0], [1.0, math.nan])
    assert not close([1.0, 9.0], [1.0, 2.0])
    assert close([], [])


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


def test_a_failure_carries_its_sentence_and_what_was_compared() -> None:
    with pytest.raises(CheckFailed) as caught:
        require(False, "It is odd.", call="f(" + "1" * 500, expected=2.0, got=[1])
    evidence = caught.value.evidence
    assert evidence is not None
    assert (caught.value.sentence, evidence.expected, evidence.got) == ("It is odd.", "2.0", "[1]")
    assert len(evidence.call) == 400
    assert str(caught.value).startswith("It is odd. [call: f(111")
    assert str(caught.value).endswith("expected: 2.0, got: [1]]")
    assert str(CheckFailed("It is odd.")) == "It is odd."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (2, "2"),
        (np.float64(2.5), "2.5"),
        (np.array([1.0, 2.0]), "array([1., 2.], float64)"),
        (np.arange(12), "array([ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], int64)"),
        (np.arange(13), "array([ 0, 1, 2, ..., 10, 11, 12], int64)"),
        (np.array([[1], [2]]), "array([[1], [2]], int64)"),
        (np.array([1 / 3]), "array([0.33333333], float64)"),
        ("a  b", "'a b'"),
        (b"ab", "b'ab'"),
        ([1.0, (2, 3)], "[1.0, (2, 3)]"),
        (list(range(21)), f"[{', '.join(map(str, range(20)))}, ...]"),
        (tuple(range(20)), f"({', '.join(map(str, range(20)))})"),
        ({n: n for n in range(21)}, "{" + ", ".join(f"{n}: {n}" for n in range(20)) + ", ...}"),
        (["x" * 300] * 3, f"['{'x' * 300}', '{'x' * 93}…"),
        (["x" * 300, "y" * 92], f"['{'x' * 300}', '{'y' * 92}']"),
        (["x" * 396], f"['{'x' * 396}']"),
        ([b"x" * 300] * 2, f"[b'{'x' * 300}', b'{'x' * 91}…"),
    ],
    ids=str,
)
def test_a_value_is_shown_in_one_bounded_line(value: Any, text: str) -> None:
    assert show(value) == text


def test_what_a_value_is_in_words() -> None:
    assert [kind(value) for value in (None, True, np.True_, 1, 1.0, np.int8(1), np.float32(1))] == [
        "nothing (None)",
        *["True or False"] * 2,
        *["one number"] * 4,
    ]
    assert [kind(np.zeros((1,) * n)) for n in range(5)] == [
        "a single value",
        "a one-dimensional array",
        "a two-dimensional array",
        *["an array of many dimensions"] * 2,
    ]
    assert [kind(value) for value in ([], (), "", {}, 1j, b"", Liar())] == [
        "a list",
        "a tuple",
        "text",
        "a dictionary",
        "a complex number",
        "bytes",
        "something that is not a number",
    ]


def test_a_shape_is_refused_in_words_that_tell_which_was_asked_for() -> None:
    for raw, shape, words in (
        (
            np.ones(3),
            (2,),
            "should give an array of shape (2,), but gives an array of another shape",
        ),
        (
            np.ones((2, 2)),
            (2,),
            "should give an array of shape (2,), but gives a two-dimensional array",
        ),
        (
            np.ones(2),
            (2, 1),
            "should give an array of shape (2, 1), but gives a one-dimensional array",
        ),
        (np.ones(1), (), "should give one number, but gives a one-dimensional array"),
        (4.0, (2,), "should give an array of shape (2,), but gives one number"),
        ([1.0, "a"], (2,), "should give numbers, but gives text"),
        (None, (2,), "should give an array of shape (2,), but gives nothing (None)"),
        (None, (), "should give one number, but gives nothing (None)"),
        (None, None, "should give numbers, but gives nothing (None)"),
        (np.array(["a"]), (1,), "should give numbers, but gives something that is not a number"),
    ):
        with pytest.raises(CheckFailed) as caught:
            returned(raw).array(shape)
        assert words in caught.value.sentence


def test_a_sequence_is_taken_up_to_a_number_of_values() -> None:
    assert len(returned([0.0] * MOST_VALUES).numbers()) == MOST_VALUES
    with pytest.raises(CheckFailed, match="a handful of values"):
        returned([0.0] * (MOST_VALUES + 1)).numbers()
    with pytest.raises(CheckFailed, match="should give 2 values, but gives another number of them"):
        returned([1.0, 2.0, 3.0]).pair()
    with pytest.raises(CheckFailed, match="should give 2 values, but gives another number of them"):
        returned([1.0]).pair()
    with pytest.raises(CheckFailed, match="should give 2 values, but gives one number"):
        returned(1.0).pair()
    with pytest.raises(CheckFailed, match="a list of 3 numbers, but gives another number of them"):
        returned([1.0, 2.0, 3.0, 4.0]).numbers(3)
    with pytest.raises(CheckFailed, match="should give 2 values, but gives a single value"):
        returned(np.array(1.0)).pair()
    with pytest.raises(CheckFailed, match="should give a list of numbers, but gives text"):
        returned("ab").numbers()


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


AXES = np.zeros((2,) * 22, dtype=np.int8)
PARTS = [np.zeros(100_000, dtype=np.int8)] * 600
EMPTY = np.empty((1 << 21, 0))  # as a list it holds two million lists
NESTED: Any = np.arange(12) * 1j / 3
for _ in range(4):
    NESTED = [NESTED] * 17  # each of 83,521 arrays takes a third of a millisecond to write
DEEP = [np.zeros((1,) * 20, dtype=np.int8)] * 60_000  # as lists it is a million of them


@pytest.mark.parametrize(
    "raw",
    [
        *(AXES, [AXES], (AXES,) * 3, PARTS, [PARTS], np.zeros(1 << 25, "i1"), EMPTY, [EMPTY]),
        *(NESTED, DEEP),
    ],
)
def test_what_is_huge_once_it_is_looked_at_costs_the_judge_next_to_nothing(raw: Any) -> None:
    start = time.process_time()
    with pytest.raises(CheckFailed):
        returned(raw).array((3,))
    assert len(show(raw)) <= 400
    assert isinstance(plain(raw), str)
    assert time.process_time() - start < 0.5


def test_bytes_within_a_list_are_shown_without_writing_them_all_out() -> None:
    start = time.process_time()
    assert len(show([bytes(1 << 24)] * 20)) <= 400
    assert time.process_time() - start < 0.2


def test_data_is_the_same_only_if_types_shapes_and_values_are() -> None:
    for was in (1, 1.5, math.nan, "a", None, True, np.float64(2), np.arange(3), np.array(math.nan)):
        assert is_same(was, was)
        assert is_same([was, (was, {"a": was})], [was, (was, {"a": was})])
        assert not is_same([was, (was, {"a": was})], [was, (was, {"a": 7})])
    x = np.arange(3.0)
    for now in (x + 1, x[:2], x.astype(int), x.reshape(3, 1), list(x), None, "x", [], {}):
        assert not is_same(x, now)
    for now in ([1.0], [1.0, 2.0, 3.0], (1.0, 2.0), [1.0, 2], [1.0, "a"], {0: 1.0, 1: 2.0}):
        assert not is_same([1.0, 2.0], now)
    assert not is_same({"a": 1}, {"b": 1})


def test_a_text_among_many_in_place_of_a_list_of_numbers_takes_no_memory() -> None:
    tracemalloc.start()
    try:
        assert not is_same([1.0] * 60, ["x" * (1 << 20)] + [""] * 59)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20  # as an array it takes 240 MB
    finally:
        tracemalloc.stop()
