"""A lab's hidden checks: collected by pytest once, run again for every submission.

A cold pytest costs more than all the rest of judging; its session is therefore built once for each
process and its items are run again and again, each time with another `submission` behind the
fixture. pytest has no public way to do that: the three private names used here are why
`pyproject.toml` caps pytest's major version.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import sys
import traceback
import warnings
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from _pytest.config import _prepareconfig

from course.errors import ConfigurationError, GraderFault
from course.judge import messages
from course.judge.diagnosis import Library, diagnose
from course.judge.proxy import Callee, Submission
from course.judge.verdict import Verdict, of_exception
from course.record import Diagnosis, Outcome


@dataclass(frozen=True)
class Check:
    """One hidden check, as its lab's author wrote it."""

    grade_id: str
    name: str
    title: str
    max_points: float


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
        self._items = {item: check_of(item) for item in _collect(folder, self._desk)}
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


def check_of(item: pytest.Item) -> Check:
    """What pytest collected, as a check; ConfigurationError when points or sentence are missing."""
    where = f"{item.path.name}::{item.name}"
    marker = item.get_closest_marker("points")
    points = float(marker.args[0]) if marker and _is_weight(marker.args) else 0.0
    if not points:
        raise ConfigurationError(
            f"{where} has no weight: give it @pytest.mark.points(n) with a number above 0."
        )
    title = (getattr(item.obj, "__doc__", None) or "").strip().split("\n")[0]  # type: ignore[attr-defined]
    if not title:
        raise ConfigurationError(
            f"{where} has no docstring: its first line is what the student reads."
        )
    return Check(item.path.stem, item.name, title, points)


def _is_weight(args: tuple[object, ...]) -> bool:
    match args:
        case (int() | float() as points,):
            return type(points) is not bool and 0 < points < float("inf")
    return False


def _collect(folder: Path, desk: Desk) -> list[pytest.Item]:
    """Every item below `folder`, collected with settings of our own, not the course's."""
    if not any(folder.glob("test_*.py")):
        raise ConfigurationError(f"No hidden checks in {folder}: each grade cell needs its file.")
    arguments = [str(folder), "-q", "-c", os.devnull, "--rootdir", str(folder)]
    arguments += [
        "-p",
        "no:cacheprovider",
        "-p",
        "no:course",
        "--capture=no",
        "--import-mode=prepend",
    ]
    config = _prepareconfig(arguments, [desk])
    config.addinivalue_line("markers", "points(n): what the check is worth")
    config._do_configure()
    config.pluginmanager.unregister(name="terminalreporter")
    session = pytest.Session.from_config(config)
    config.hook.pytest_sessionstart(session=session)
    faults = _CollectionFaults()
    config.pluginmanager.register(faults)
    session.perform_collect()
    if faults.found:
        raise ConfigurationError(f"The checks in {folder} cannot be collected: {faults.found[0]}")
    for item in session.items:
        _refuse_foreign(item, folder)
    return list(session.items)


class _CollectionFaults:
    """Keeps the last line of every collection error."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.found.append(str(report.longrepr).strip().splitlines()[-1])


def _refuse_foreign(item: pytest.Item, folder: Path) -> None:
    """Python may hand out a module of the same name from another course; never judge by that."""
    file = Path(str(item.module.__file__)).resolve()  # type: ignore[attr-defined]
    if folder.resolve() not in file.parents:
        raise ConfigurationError(f"{item.path} was collected from {file}, which is another course.")


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
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return _verdict(check, error)
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
    module = _module(folder, "misconceptions")
    return None if module is None else Library.of(module)


def _module(folder: Path, name: str) -> ModuleType | None:
    """A module or package beside the checks, imported as the checks import it."""
    if not ((folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file()):
        return None
    inside = (folder / "__init__.py").is_file()
    place = str(folder.parent if inside else folder)
    if place not in sys.path:
        sys.path.insert(0, place)
    module = importlib.import_module(f"{folder.name}.{name}" if inside else name)
    if folder.resolve() not in Path(str(module.__file__)).resolve().parents:
        raise ConfigurationError(f"{folder / name} is hidden by {module.__file__}.")
    return module


def weights(folder: Path) -> dict[str, float]:
    """What the checks of each grade cell are worth together, by grade_id."""
    checks = Checks(folder, secret="")
    return {
        cell: sum(check.max_points for check in group) for cell, group in checks.by_cell.items()
    }


def silent(check: Check, reason: str) -> Verdict:
    """The verdict of a check that could not be run at all."""
    return Verdict(check.name, Outcome.NOT_RUN, messages.NOT_REACHED.format(reason=reason))
