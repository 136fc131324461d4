"""Nothing is graded twice for the same marks, and nothing is passed over that might have others."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tiny
from gradebooks import sql
from tiny import LAB

from course import autograde
from course.config import Settings, load_settings
from course.errors import ConfigurationError
from course.gradebook import Gradebook
from course.lab import Lab
from course.ledger import Ledger
from course.record import Status
from course.release import release
from course.sandbox.isolation import Isolation
from course.sandbox.limits import Limits
from course.submitted import find

ANSWER = {"answer_why": "One divides nothing away."}


def grade(course: Path, *, force: bool = False) -> autograde.Results:
    return tiny.grade(load_settings(course), force=force)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Isolation]:
    """A class that was graded, and how it was isolated."""
    course = tiny.write_course(tmp_path_factory.mktemp("ledger") / "course")
    release(load_settings(course), LAB)
    (course / "tests" / LAB / "data.csv").write_text("1,2\n", encoding="utf-8")
    tiny.hand_in(course, "ada", {**tiny.RIGHT, **ANSWER}, timestamp="2027-01-30 08:00:00 UTC")
    tiny.hand_in(course, "ben", tiny.HALF)
    tiny.hand_in(course, "cy", {}).write_text("no notebook", encoding="utf-8")
    with autograde.planned(load_settings(course), LAB) as what:
        assert autograde.run(what).complete
    return course, what.isolation


@pytest.fixture
def course(graded: tuple[Path, Isolation], tmp_path: Path) -> Path:
    """The same class in another place: where a course lies changes no mark."""
    return Path(shutil.copytree(graded[0], tmp_path / "moved"))


Known = Callable[..., set[str]]


@pytest.fixture
def known(graded: tuple[Path, Isolation], course: Path) -> Known:
    """Who would not be graded again."""

    def known(settings: Settings | None = None, isolation: Isolation = graded[1]) -> set[str]:
        settings = settings or load_settings(course)
        with Gradebook(settings) as gradebook:
            scores = gradebook.automatic_scores(LAB)
        ledger = Ledger(settings, Lab.load(settings, LAB), isolation, lambda: scores)
        handed_in = [each.read() for each in find(settings, LAB)]
        return {each.student for each in handed_in if ledger.unchanged(each)}

    return known


def test_a_class_that_nobody_touched(course: Path, known: Known) -> None:
    assert known() == {"ada", "ben", "cy"}
    assert known(load_settings(course).override(processes=7)) == {"ada", "ben", "cy"}


def append(path: str) -> Callable[[Path], None]:
    def change(course: Path) -> None:
        with (course / path).open("a", encoding="utf-8") as file:
            file.write("\n")

    return change


def renamed(course: Path) -> None:
    path = course / "submitted" / "ada" / LAB / f"{LAB}.ipynb"
    path.rename(path.with_name("another.ipynb"))


def without(path: str) -> Callable[[Path], None]:
    def change(course: Path) -> None:
        (course / path).unlink()

    return change


def with_score(course: Path) -> None:
    url = load_settings(course).db_url
    settings = load_settings(course).override(db_url=url)
    sql(settings, "update grade set auto_score = 4.5 where auto_score = 4")


def forgotten_by_the_gradebook(course: Path) -> None:
    (course / "gradebook.db").unlink()
    settings = load_settings(course)
    with Gradebook(settings) as gradebook:
        gradebook.register(Lab.load(settings, LAB))


EVERYBODY = {"ada", "ben", "cy"}


@pytest.mark.parametrize(
    ("change", "who"),
    [
        (append(f"submitted/ada/{LAB}/{LAB}.ipynb"), {"ada"}),
        (renamed, {"ada"}),
        (append(f"submitted/ben/{LAB}/copy.ipynb"), {"ben"}),
        (without(f"submitted/ada/{LAB}/timestamp.txt"), {"ada"}),
        (without(f"submitted/ben/{LAB}/{LAB}.ipynb"), {"ben"}),
        (append(f"autograded/ada/{LAB}/record.json"), {"ada"}),
        (append(f"autograded/ada/{LAB}/{LAB}.ipynb"), {"ada"}),
        (without(f"autograded/ben/{LAB}/record.json"), {"ben"}),
        (without(f"autograded/ben/.{LAB}.graded"), {"ben"}),
        (append(f"autograded/ben/.{LAB}.graded"), {"ben"}),
        (with_score, {"ada"}),
        (forgotten_by_the_gradebook, EVERYBODY),
        (append(f"tests/{LAB}/test_double.py"), EVERYBODY),
        (append(f"tests/{LAB}/data.csv"), EVERYBODY),
        (append(f"source/{LAB}/{LAB}.ipynb"), EVERYBODY),
        (append("course_config.py"), EVERYBODY),
        (append("nbgrader_config.py"), EVERYBODY),
    ],
)
def test_what_is_graded_again(
    course: Path, known: Known, change: Callable[[Path], None], who: set[str]
) -> None:
    change(course)
    assert known() == EVERYBODY - who


def test_other_settings_isolation_or_libraries(
    graded: tuple[Path, Isolation], course: Path, known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(course)
    assert known(settings.override(limits=Limits(cell_cpu=4.0))) == set()
    assert known(settings.override(reveal="nothing")) == set()
    assert known(isolation=replace(graded[1], tier="another")) == set()
    monkeypatch.setattr("course.ledger.versions", lambda: {"numpy": "0"})
    assert known() == set()


def test_a_second_run_grades_only_what_changed(course: Path) -> None:
    place = course / "autograded"
    before = {path: path.stat().st_ino for path in place.glob(f"*/{LAB}/record.json")}
    tiny.hand_in(course, "ben", tiny.RIGHT)
    again = grade(course)
    assert (len(again.records), again.unchanged) == (3, 2)
    after = {path: path.stat().st_ino for path in place.glob(f"*/{LAB}/record.json")}
    assert {path.parts[-3] for path in after if after[path] != before[path]} == {"ben"}
    assert {each.student: each.points for each in again.records} == {"ada": 10, "ben": 10, "cy": 0}


def test_force_grades_everybody(course: Path) -> None:
    assert grade(course, force=True).unchanged == 0


def test_a_run_that_ends_between_folder_and_gradebook(
    course: Path, known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the end")

    append("course_config.py")(course)
    with monkeypatch.context() as patch:
        patch.setattr(Gradebook, "store", fail)
        with pytest.raises(RuntimeError, match="the end"):
            grade(course)
    assert known() == set()


def test_a_lab_that_is_changed_before_it_is_noted_is_refused(
    graded: tuple[Path, Isolation], course: Path
) -> None:
    settings = load_settings(course)
    lab = Lab.load(settings, LAB)
    append(f"tests/{LAB}/data.csv")(course)
    with pytest.raises(ConfigurationError, match="tiny was changed while it was being graded"):
        Ledger(settings, lab, graded[1], dict)


def test_nobody_is_judged_by_other_checks_than_the_others(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = Ledger.__init__

    def changed_then(self: Ledger, *arguments: Any) -> None:
        started(self, *arguments)
        append(f"tests/{LAB}/test_double.py")(course)  # before any worker has read it

    monkeypatch.setattr(Ledger, "__init__", changed_then)
    monkeypatch.setattr("course.autograde._getting_ready", lambda what: nullcontext())
    results = grade(course, force=True)
    assert {each.status for each in results.records} == {Status.UNGRADED}
    assert all("was changed while it was being graded" in each for each in results.faults.values())
    monkeypatch.undo()
    assert grade(course).complete
