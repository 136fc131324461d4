"""The one place where a verdict becomes points, fed everything that is no honest verdict."""

import math
from types import SimpleNamespace

import pytest

from course.judge.expect import CheckFailed
from course.judge.verdict import Verdict, award, of_exception
from course.record import Evidence, Outcome
from course.sandbox.outcome import NotDefined, ProcessEnded, StudentError, TimeLimit

CHECKS = [
    SimpleNamespace(name="test_a", title="A.", max_points=2.0),
    SimpleNamespace(name="test_b", title="B.", max_points=3.0),
]
B_PASSED = Verdict("test_b", Outcome.PASSED)


def points(*verdicts: object) -> list[float]:
    return [record.points for record in award(CHECKS, verdicts)]


def test_only_an_explicit_pass_earns() -> None:
    assert points(Verdict("test_a", Outcome.PASSED), B_PASSED) == [2.0, 3.0]


@pytest.mark.parametrize(
    "claims",
    [
        [],
        [None],
        [True],
        [2.0],
        [math.nan],
        [math.inf],
        ["passed"],
        [("test_a", Outcome.PASSED)],
        [{"name": "test_a", "outcome": "passed"}],
        [Verdict("test_a", "passed")],
        [Verdict("test_a", True)],
        [Verdict("test_a", 1)],
        [Verdict("test_a", None)],
        [Verdict("test_c", Outcome.PASSED)],
        [Verdict(["test_a"], Outcome.PASSED)],
        [Verdict("test_a", Outcome.PASSED)] * 2,
        [Verdict("test_a", Outcome.FAILED), Verdict("test_a", Outcome.PASSED)],
        [SimpleNamespace(name="test_a", outcome=Outcome.PASSED)],
        *[[Verdict("test_a", outcome)] for outcome in Outcome if outcome is not Outcome.PASSED],
    ],
    ids=repr,
)
def test_anything_else_is_zero_and_harms_no_other_check(claims: list[object]) -> None:
    assert points(*claims, B_PASSED) == [0.0, 3.0]


def test_silence_and_doubles_say_why() -> None:
    silent, _ = award(CHECKS, [B_PASSED])
    double, _ = award(CHECKS, [Verdict("test_a", Outcome.PASSED)] * 2)
    assert "no verdict" in silent.message
    assert "more than one verdict" in double.message


def ended(during: bool) -> ProcessEnded:
    error = ProcessEnded("killed")
    error.during = during
    return error


@pytest.mark.parametrize(
    ("error", "outcome", "words"),
    [
        (CheckFailed("Wrong.", Evidence(got="3")), Outcome.FAILED, "Wrong."),
        (AssertionError("x != y"), Outcome.FAILED, "does not hold"),
        (pytest.fail.Exception("no"), Outcome.FAILED, "does not hold"),
        (StudentError("ValueError", "7 is secret"), Outcome.ERROR, "stopped with ValueError"),
        (StudentError("Leak_7", ""), Outcome.ERROR, "an exception of its own"),
        (StudentError("NotImplementedError", ""), Outcome.ERROR, "or a function that it calls"),
        (NotDefined("cost"), Outcome.ERROR, "no cost"),
        (TimeLimit("call_cpu", 2.0), Outcome.TIMEOUT, "time limit"),
        (ended(during=True), Outcome.ERROR, "ended while"),
        (ended(during=False), Outcome.NOT_RUN, "ended before"),
        (pytest.skip.Exception("later"), Outcome.NOT_RUN, "no verdict"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_how_a_check_ends_decides_its_verdict(
    error: BaseException, outcome: Outcome, words: str
) -> None:
    verdict = of_exception("test_a", error)
    assert verdict is not None
    assert verdict.outcome is outcome
    assert words in verdict.message


def test_what_student_code_says_while_it_sees_inputs_stays_out_of_the_message() -> None:
    for error in (StudentError("ValueError", "7 is secret"), StudentError("Leak_7", "7")):
        verdict = of_exception("test_a", error)
        assert verdict is not None
        assert "7" not in verdict.message
        assert verdict.evidence is not None
        assert "7" in verdict.evidence.got


def test_a_broken_check_is_nobodys_verdict() -> None:
    assert of_exception("test_a", ZeroDivisionError()) is None
