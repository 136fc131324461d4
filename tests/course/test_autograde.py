"""A run that begins: workers get ready while the isolation is proved, and never grade without."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
import tiny

from course import autograde
from course.config import Settings, load_settings
from course.errors import ConfigurationError
from course.record import Record
from course.release import release
from course.sandbox.isolation import Isolation
from course.store import RECORD_NAME


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = tiny.write_course(tmp_path / "course")
    found = load_settings(folder)
    release(found, tiny.LAB)
    tiny.hand_in(folder, "ada", tiny.RIGHT)
    tiny.hand_in(folder, "bob", tiny.HALF)
    return found


def stored(settings: Settings, student: str) -> Record:
    place = settings.folder("autograded") / student / tiny.LAB / RECORD_NAME
    return Record.from_json(place.read_bytes())


def test_a_record_says_what_was_proved_where_its_worker_got_ready_before(
    settings: Settings,
) -> None:
    with autograde.planned(settings, tiny.LAB) as what:
        assert what.crew is not None
        assert autograde.run(what).complete
    assert not multiprocessing.active_children()
    assert "fork" in what.isolation.proved
    for student, points in (("ada", 10), ("bob", 3.5)):
        record = stored(settings, student)
        assert record.points == points
        assert record.isolation == what.isolation.to_dict() | {
            key: list(each) for key, each in what.isolation.to_dict().items() if key != "tier"
        }


def test_whoever_got_ready_for_another_isolation_grades_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autograde, "hoped_for", lambda _: Isolation.of_tier("none"))
    with autograde.planned(settings, tiny.LAB) as what:
        assert what.crew is None
        assert what.isolation.tier != "none"
        assert not multiprocessing.active_children()
        assert autograde.run(what).complete
    assert stored(settings, "ada").isolation["layers"] == list(what.isolation.layers)


def test_nothing_is_hoped_for_that_is_refused(settings: Settings) -> None:
    tiny.refused(lambda: tiny.grade(settings.override(isolation="walls")), "'walls' is not known")
    assert not multiprocessing.active_children()


def test_workers_who_get_ready_before_a_lab_is_refused_are_gone(settings: Settings) -> None:
    checks = settings.root / "tests" / tiny.LAB / "test_double.py"
    checks.write_text(checks.read_text().replace("points(1)", "points(2)"))
    tiny.forget_checks()
    with pytest.raises(ConfigurationError, match="worth 5 points together"):
        tiny.grade(settings)
    assert not multiprocessing.active_children()


def test_nobody_gets_ready_for_what_was_graded_before(settings: Settings) -> None:
    assert tiny.grade(settings).complete
    with autograde.planned(settings, tiny.LAB) as what:
        assert not multiprocessing.active_children()
        assert autograde.run(what).unchanged == 2
