"""A lab's hidden checks: collected by pytest once, run again for every submission.

A cold pytest costs more than all the rest of judging; its session is therefore built once for each
process and its items are run again and again, each time with another `submission` behind the
fixture. pytest has no public way to do that: the private names used here and in `collection` are
why `pyproject.toml` caps pytest's major version.
"""

from __future__ import annotations

import hashlib
import traceback
import warnings
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from course.errors import GraderFault
from course.judge import messages
from course.judge.collection import Check, check_of, collect, module_beside
from course.judge.diagnosis import Library, diagnose
from course.judge.proxy import Callee, Submission
from course.judge.verdict import Verdict, of_exception
from course.record import Diagnosis, Outcome


class Desk:
    """Where the submission under judgement lies: pytest's fixtures take it from here."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.submission: Submission | None = None

    @pytest.fixture(name="submission")
    def submission_fixture(self) -> Submission:
        """The student's functions; calls run in the student's process."""
        assert self.submission is not None, "a check ran outside of Checks.judge"
        return self.submission

    @pytest.fixture(name="rng")
    def rng_fixture(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Random numbers that depend on the course's secret and the check alone."""
        return seeded(self.secret, request.node)


def seeded(secret: str, item: pytest.Item) -> np.random.Generator:
    """The generator of one check: the same for every submission, another for another secret."""
    text = f"{secret}\0{item.path.stem}\0{item.name}"
    return np.random.default_rng(list(hashlib.sha256(text.encode()).digest()))


class Checks:
    """All checks below one folder, `tests/<lab>`, ready to judge submission after submission.

    ConfigurationError when they cannot be collected or lack points or a sentence.
    """

    def __init__(self, folder: Path, secret: str) -> None:
        self._desk = Desk(secret)
        self._items = {item: check_of(item) for item in collect(folder, self._desk)}
        self.by_cell: dict[str, tuple[Check, ...]] = _grouped(list(self._items.values()))
        self._exercises = {
            check.grade_id: tuple(getattr(item.module, "EXERCISE", ()))  # type: ignore[attr-defined]
            for item, check in self._items.items()
        }
        self.library = _library(folder)

    def judge(self, grade_id: str, callee: Callee) -> list[Verdict]:
        """Run one cell's checks against the live namespace behind `callee`.

        GraderFault when a check itself is broken: that is never the student's zero.
        """
        self._desk.submission = Submission(callee)
        return [
            _run(item, check) for item, check in self._items.items() if check.grade_id == grade_id
        ]

    def diagnose(self, grade_id: str, callee: Callee) -> Diagnosis | None:
        """The misconception behind a cell's failures: the first of its exercise that matches."""
        if self.library is None:
            return None
        found = (diagnose(callee, function, self.library) for function in self._exercises[grade_id])
        return next((each for each in found if each is not None), None)


def _grouped(checks: list[Check]) -> dict[str, tuple[Check, ...]]:
    groups: dict[str, list[Check]] = defaultdict(list)
    for check in checks:
        groups[check.grade_id].append(check)
    return {grade_id: tuple(group) for grade_id, group in groups.items()}


def _run(item: pytest.Item, check: Check) -> Verdict:
    """One check, once, through pytest's own hooks."""
    if not item._request:  # type: ignore[attr-defined]
        item._initrequest()  # type: ignore[attr-defined]
    hook = item.ihook
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                hook.pytest_runtest_setup(item=item)
                hook.pytest_runtest_call(item=item)
            finally:
                hook.pytest_runtest_teardown(item=item, nextitem=None)
    except (KeyboardInterrupt, GraderFault):
        raise
    except BaseException as error:
        verdict = _verdict(check, error)
        # pluggy's frames hold the error that holds them, and with it all answers of the check
        traceback.clear_frames(error.__traceback__)
        return verdict
    finally:
        item._request = False  # type: ignore[attr-defined]
        item.funcargs = None  # type: ignore[attr-defined]
    return Verdict(check.name, Outcome.PASSED)


def _verdict(check: Check, error: BaseException) -> Verdict:
    verdict = of_exception(check.name, error)
    if verdict is None:
        raise GraderFault(
            f"The check {check.grade_id}::{check.name} is broken: "
            + "".join(traceback.format_exception(error))
        ) from error
    return verdict


def _library(folder: Path) -> Library | None:
    """The lab's misconceptions, if it has any."""
    module = module_beside(folder, "misconceptions")
    return None if module is None else Library.of(module)


def weights(folder: Path) -> dict[str, float]:
    """What the checks of each grade cell are worth together, by grade_id."""
    checks = Checks(folder, secret="")
    return {
        cell: sum(check.max_points for check in group) for cell, group in checks.by_cell.items()
    }


def silent(check: Check, reason: str) -> Verdict:
    """The verdict of a check that could not be run at all."""
    return Verdict(check.name, Outcome.NOT_RUN, messages.NOT_REACHED.format(reason=reason))
