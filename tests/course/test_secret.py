"""The secret from which hidden checks draw: whoever grades a class with the public one is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tiny

from course import cli
from course.cli import GUESSABLE
from course.config import DEMO_MARK, DEMO_SECRET, load_settings
from course.release import release

NO_SECRET = ""
OWN_SECRET = "a word of their own"


def course_with(folder: Path, secret: str) -> Path:
    tiny.write_course(folder)
    config = folder / "course_config.py"
    text = config.read_text(encoding="utf-8")
    changed = re.sub(r"(c\.Course\.secret = ).*", lambda m: f"{m[1]}{secret!r}", text)
    config.write_text(changed, encoding="utf-8")
    release(load_settings(folder), tiny.LAB)
    tiny.hand_in(folder, "ada", tiny.RIGHT)
    assert load_settings(folder).secret == secret
    return folder


def warnings_of(capfd: pytest.CaptureFixture[str], *arguments: object) -> list[str]:
    capfd.readouterr()
    with pytest.raises(SystemExit) as ended:
        cli.main([str(each) for each in arguments])
    assert ended.value.code == 0
    return [line for line in capfd.readouterr().err.splitlines() if line.startswith("Warning")]


@pytest.mark.parametrize("command", [("autograde", tiny.LAB), ("doctor",)], ids="_".join)
@pytest.mark.parametrize("secret", [DEMO_SECRET, NO_SECRET, OWN_SECRET])
def test_a_class_with_a_guessable_secret_is_warned_of_once(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, command: tuple[str, ...], secret: str
) -> None:
    course = course_with(tmp_path / "course", secret)
    expected = [] if secret == OWN_SECRET else [f"Warning: {GUESSABLE}"]
    assert warnings_of(capfd, *command, "--course-dir", course) == expected


def test_a_demonstration_may_use_the_public_secret(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    course = course_with(tmp_path / "course", DEMO_SECRET)
    (course / DEMO_MARK).touch()
    assert warnings_of(capfd, "autograde", tiny.LAB, "--course-dir", course) == []


def test_the_warning_is_one_sentence_that_says_what_to_do() -> None:
    assert GUESSABLE.endswith(".")
    assert ". " not in GUESSABLE
    assert "change c.Course.secret in course_config.py" in GUESSABLE
