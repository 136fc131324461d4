"""The judge without a sandbox: running checks, and asking students' functions."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from halves import HALF, MISTAKES, OTHER, RIGHT, forget, half, make_folder, write

from course.errors import GraderFault
from course.judge.checks import Checks, silent
from course.judge.proxy import PATIENCE, Call, InProcess, Submission
from course.record import Outcome
from course.sandbox.outcome import NotDefined, ProcessEnded, StudentError, TimeLimit

forgotten = pytest.fixture(autouse=True)(forget)
folder = pytest.fixture(make_folder)


# --- judging -------------------------------------------------------------------------------------


def test_the_checks_of_one_cell_are_run_again_and_again(folder: Path) -> None:
    checks = Checks(folder, "s")
    wrong = InProcess({"half": lambda x: 2.0, "half_of_two": 0.0})
    for _ in range(2):
        passed = checks.judge("test_half", RIGHT)
        assert [each.name for each in passed] == ["test_of_four", "test_of_many"]
        assert [each.outcome for each in passed] == [Outcome.PASSED, Outcome.PASSED]
        assert [each.outcome for each in checks.judge("test_other", RIGHT)] == [Outcome.PASSED]
        failed = checks.judge("test_half", wrong)
        assert [each.outcome for each in failed] == [Outcome.PASSED, Outcome.FAILED]


def test_a_broken_check_is_our_fault_and_says_which(folder: Path) -> None:
    write(folder, test_other=OTHER.replace('"""There is a half."""', '"""There."""\n    1 / 0'))
    with pytest.raises(GraderFault, match=r"(?s)test_other::test_it_is_there is broken: .*ZeroDiv"):
        Checks(folder, "s").judge("test_other", RIGHT)


def test_an_interrupt_is_nobodys_verdict(folder: Path) -> None:
    stops = OTHER.replace('"""There is a half."""', '"""There."""\n    raise KeyboardInterrupt')
    write(folder, test_other=stops)
    with pytest.raises(KeyboardInterrupt):
        Checks(folder, "s").judge("test_other", RIGHT)


def test_inputs_depend_on_the_secret_and_the_check_and_on_nothing_else(folder: Path) -> None:
    def asked(secret: str) -> list[float]:
        seen: list[float] = []
        checks = Checks(folder, secret)
        watching = InProcess({"half": lambda x: seen.append(x) or half(x), "half_of_two": 1.0})
        checks.judge("test_half", watching)
        checks.judge("test_half", watching)
        return seen

    first = asked("one")
    assert first[:2] == first[2:]
    assert asked("one") == first
    assert asked("two")[1] != first[1]
    write(folder, test_half=HALF.replace("test_of_many", "test_of_more"))
    assert asked("one")[1] != first[1]


def test_warnings_of_a_check_are_nobodys_business(folder: Path) -> None:
    warns = '"""There."""\n    import warnings\n    warnings.warn("old", DeprecationWarning)'
    write(folder, test_other=OTHER.replace('"""There is a half."""', warns))
    assert Checks(folder, "s").judge("test_other", RIGHT)[0].outcome is Outcome.PASSED


class Answers:
    """A callee that gives an array, and can tell which of its answers somebody still holds."""

    def __init__(self) -> None:
        self.given: list[weakref.ref[Any]] = []

    def call(self, name: str, *args: Any) -> Any:
        answer = np.zeros(3)
        self.given.append(weakref.ref(answer))
        return answer

    watch = get = call


def test_what_a_failed_check_was_answered_is_not_kept(folder: Path) -> None:
    """An answer may be 64 MB, and fifty checks may fail before Python looks for rings."""
    callee, checks = Answers(), Checks(folder, "s")
    gc.disable()
    try:
        assert {each.outcome for each in checks.judge("test_half", callee)} == {Outcome.FAILED}
        assert [each() for each in callee.given] == [None, None]
    finally:
        gc.enable()


def test_a_lab_without_misconceptions_names_none(folder: Path) -> None:
    assert Checks(folder, "s").diagnose("test_half", RIGHT) is None


def test_the_first_function_of_an_exercise_that_has_a_known_mistake_is_named(folder: Path) -> None:
    write(folder, misconceptions=MISTAKES)
    checks = Checks(folder, "s")
    both = InProcess({"half": lambda x: 2 * x, "quarter": lambda x: x / 2})
    named = checks.diagnose("test_half", both)
    assert named is not None
    assert (named.name, named.message) == ("halved", "You took the half.")
    right = InProcess({"half": half, "quarter": lambda x: x / 4})
    assert checks.diagnose("test_half", right) is None
    only = checks.diagnose("test_other", both)
    assert only is not None
    assert only.name == "doubled"


def test_a_check_that_was_not_run_has_a_verdict_with_the_reason(folder: Path) -> None:
    verdict = silent(Checks(folder, "s").by_cell["test_half"][0], "the process ended")
    assert (verdict.name, verdict.outcome) == ("test_of_four", Outcome.NOT_RUN)
    assert "the process ended" in verdict.message


# --- asking --------------------------------------------------------------------------------------


class Raises:
    """A callee that answers with one outcome always, and counts how often it is asked."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.asked = 0

    def call(self, name: str, *args: Any) -> Any:
        self.asked += 1
        raise self.error

    watch = get = call


def test_a_function_that_does_not_end_is_asked_only_so_often() -> None:
    callee = Raises(TimeLimit("call_cpu", 2.0))
    submission = Submission(callee)
    for ask in (submission.cost, submission.cost, submission.cost, submission.cost):
        with pytest.raises(TimeLimit) as stopped:
            ask(1.0)
        assert stopped.value.function == "cost"
    assert callee.asked == PATIENCE == 2
    with pytest.raises(TimeLimit) as stopped:
        submission.watch("update", 1.0)
    assert (stopped.value.function, callee.asked) == ("update", 3)
    with pytest.raises(TimeLimit):
        Submission(callee).cost(1.0)
    assert callee.asked == 4


def test_other_errors_do_not_use_up_patience() -> None:
    callee = Raises(StudentError("ValueError", "no"))
    submission = Submission(callee)
    for _ in range(5):
        with pytest.raises(StudentError):
            submission.value("rate")
    assert callee.asked == 5


def test_a_process_ends_during_one_call_and_before_all_others() -> None:
    submission = Submission(Raises(ProcessEnded("gone")))
    during = []
    for name in ("cost", "gradient", "cost"):
        with pytest.raises(ProcessEnded) as ended:
            getattr(submission, name)(1.0)
        during.append((ended.value.function, ended.value.during))
    assert during == [("cost", True), ("gradient", False), ("cost", False)]


def test_names_of_pythons_own_are_no_functions_of_a_student() -> None:
    with pytest.raises(AttributeError, match="_private"):
        _ = Submission(RIGHT)._private


def test_what_comes_back_knows_its_name_and_its_call() -> None:
    submission = Submission(RIGHT)
    called = submission.half(4.0)
    assert (called.raw, called.name, str(called.call)) == (2.0, "half", "half(4.0)")
    value = submission.value("half_of_two")
    assert (value.raw, value.name, value.call) == (1.0, "half_of_two", "half_of_two")
    watched, after = submission.watch("half", 6.0)
    assert (watched.raw, watched.name, str(watched.call), after) == (
        3.0,
        "half",
        "half(6.0)",
        (6.0,),
    )


def test_in_our_own_process_a_function_gets_copies_and_gives_copies() -> None:
    kept: list[Any] = []

    def greedy(x: Any) -> Any:
        x[0] = 9.0
        kept.append(x)
        return x

    callee = InProcess({"greedy": greedy, "three": 3})
    given = np.array([1.0, 2.0])
    result, (after,) = callee.watch("greedy", given)
    assert (given[0], result[0], after[0]) == (1.0, 9.0, 9.0)
    kept[0][0] = 5.0
    assert result[0] == 9.0
    assert callee.call("greedy", given)[0] == 9.0
    assert callee.get("three") == 3
    with pytest.raises(NotDefined):
        callee.call("three")
    with pytest.raises(NotDefined):
        callee.get("four")


def test_in_our_own_process_an_exception_is_the_students_and_numbers_may_overflow() -> None:
    def fails() -> None:
        raise ValueError("no")

    callee = InProcess({"fails": fails, "divides": lambda x: x / np.float64(0.0)})
    with pytest.raises(StudentError, match=r"^ValueError: no$"):
        callee.call("fails")
    assert callee.call("divides", 1.0) == np.inf


def test_a_call_is_shown_in_one_bounded_line() -> None:
    assert str(Call("cost", ([1.0, 2.0], 3))) == "cost([1.0, 2.0], 3)"
    long = str(Call("cost", ("x" * 350, "y" * 350)))
    assert (len(long), long[-1]) == (600, "…")
    exact = str(Call("f", ("a" * 300, "b" * 291)))
    assert (len(exact), exact[-1]) == (600, ")")


def test_a_call_is_shown_as_it_was_made() -> None:
    """Also when the check goes on to use the same array."""
    points = np.array([1.0, 2.0])
    result = Submission(InProcess({"cost": lambda x: 3.0})).cost(points)
    points[:] = 0.0
    assert str(result.call) == "cost(array([1., 2.], float64))"
