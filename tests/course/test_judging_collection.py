"""Collecting checks: what a folder of them must hold, and what is refused."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import pytest
from halves import HALF, OTHER, RIGHT, forget, make_folder, write

from course.errors import ConfigurationError
from course.judge.checks import Checks, weights
from course.judge.collection import module_beside
from course.judge.proxy import InProcess
from course.record import Outcome

forgotten = pytest.fixture(autouse=True)(forget)
folder = pytest.fixture(make_folder)


def test_each_check_has_points_a_sentence_and_a_cell(folder: Path) -> None:
    first, second = Checks(folder, "s").by_cell["test_half"]
    assert (first.grade_id, first.name, first.max_points) == ("test_half", "test_of_four", 2.0)
    assert (first.title, first.explanatory) == ("Half of four is two.", "")
    assert (second.max_points, second.explanatory) == (0.5, "tells that it is about numbers")
    assert type(first.max_points) is float
    assert weights(folder) == {"test_half": 2.5, "test_other": 1.0}


def test_what_else_is_installed_has_no_say(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    (site / "lenient-1.dist-info").mkdir(parents=True)
    (site / "lenient-1.dist-info" / "METADATA").write_text("Name: lenient\nVersion: 1\n")
    (site / "lenient-1.dist-info" / "entry_points.txt").write_text("[pytest11]\nl = lenient\n")
    (site / "lenient.py").write_text("def pytest_pyfunc_call(pyfuncitem): return True\n")
    monkeypatch.syspath_prepend(site)
    checks = Checks(folder, "demo")
    verdicts = checks.judge("test_half", InProcess({"half": lambda x: 0.0}))
    assert Outcome.PASSED not in {each.outcome for each in verdicts}


@pytest.mark.parametrize("name", ["PYTEST_ADDOPTS", "PYTEST_PLUGINS"])
def test_options_for_other_runs_of_pytest_have_no_say(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    usual = Checks(folder, "secret").by_cell
    monkeypatch.setenv(name, "--no-such-option")
    assert Checks(folder, "secret").by_cell == usual
    assert os.environ[name] == "--no-such-option"


@pytest.mark.parametrize("points", ["", "()", "(0)", "(-1)", "(True)", "('2')", "(float('inf'))"])
def test_a_check_without_a_weight_is_refused(folder: Path, points: str) -> None:
    write(folder, test_half=HALF.replace(".points(2)", f".points{points}"))
    with pytest.raises(ConfigurationError, match=r"^test_half.py::test_of_four has no weight"):
        Checks(folder, "s")


@pytest.mark.parametrize("docstring", ["", '"""\n    """'])
def test_a_check_without_a_sentence_is_refused(folder: Path, docstring: str) -> None:
    write(folder, test_other=OTHER.replace('"""There is a half."""', docstring))
    with pytest.raises(ConfigurationError, match=r"test_it_is_there has no docstring"):
        Checks(folder, "s")


@pytest.mark.parametrize("why", ["", "()", "('')", "(' ')", "(3)", "('a', 'b')"])
def test_an_explanatory_check_says_what_it_explains(folder: Path, why: str) -> None:
    write(folder, test_half=HALF.replace('("tells that it is about numbers")', why))
    with pytest.raises(ConfigurationError, match=r"test_of_many does not say what it explains"):
        Checks(folder, "s")


def test_a_folder_without_checks_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "tests" / "none", helper="")
    with pytest.raises(ConfigurationError, match="No hidden checks"):
        Checks(tmp_path / "tests" / "none", "s")


def test_checks_that_do_not_import_are_refused_with_the_reason(folder: Path) -> None:
    write(folder, test_other="import a_module_that_nobody_has\n" + OTHER)
    with pytest.raises(ConfigurationError, match=r"cannot be collected: .*nobody_has"):
        Checks(folder, "s")


def test_an_edited_check_is_collected_as_it_is_now(folder: Path) -> None:
    write(folder, helper="TWO = 2.0\n")
    write(
        folder,
        test_half="import helper\n" + HALF.replace("should_be(2.0)", "should_be(helper.TWO)"),
    )
    assert Checks(folder, "s").judge("test_half", RIGHT)[0].outcome is Outcome.PASSED
    write(folder, helper="TWO = 3.0\n")
    assert Checks(folder, "s").judge("test_half", RIGHT)[0].outcome is Outcome.FAILED
    assert not list(folder.rglob("__pycache__"))


def test_another_course_with_the_same_names_is_collected_afresh(folder: Path) -> None:
    Checks(folder, "s")
    other = write(folder.parents[2] / "other" / "tests" / "halves", test_half=HALF)
    assert set(Checks(other, "s").by_cell) == {"test_half"}


def test_a_module_beside_the_checks_is_found_or_there_is_none(folder: Path) -> None:
    assert module_beside(folder, "misconceptions") is None
    write(folder, helper="HERE = True\n")
    found = module_beside(folder, "helper")
    assert found is not None
    assert found.HERE


def test_a_module_that_another_hides_is_refused(folder: Path, tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", helper="")
    sys.path.insert(0, str(tmp_path / "elsewhere"))
    importlib.import_module("helper")
    write(folder, helper="")
    with pytest.raises(ConfigurationError, match="is hidden by"):
        module_beside(folder, "helper")
