"""What an instructor may write into course_config.py, and how a slip is answered."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from course.config import find_root, load_settings, parse_due
from course.errors import ConfigurationError


def course(folder: Path, text: str = "") -> Path:
    (folder / "course_config.py").write_text(f"c = get_config()\n{text}\n", encoding="utf-8")
    return folder


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    settings = load_settings(course(tmp_path))
    assert settings.reveal == "message"
    assert settings.isolation == "auto"
    assert settings.folder("submitted") == tmp_path / "submitted"
    assert settings.db_url == f"sqlite:///{tmp_path / 'gradebook.db'}"


def test_settings_of_the_course_and_of_nbgrader_are_read(tmp_path: Path) -> None:
    settings = load_settings(
        course(
            tmp_path,
            "c.Course.due = {'lab1': '2027-02-01 23:59 UTC'}\n"
            "c.Course.reveal = 'counterexample'\n"
            "c.Course.packages = ['numpy']\n"
            "c.Limits.cell_cpu = 3\n"
            "c.CourseDirectory.submitted_directory = 'inbox'\n"
            "c.CourseDirectory.db_url = 'postgresql://marks'\n",
        )
    )
    assert settings.due == {"lab1": datetime(2027, 2, 1, 23, 59, tzinfo=UTC)}
    assert settings.reveal == "counterexample"
    assert settings.packages == ("numpy",)
    assert settings.limits.cell_cpu == 3
    assert settings.folder("submitted") == tmp_path / "inbox"
    assert settings.db_url == "postgresql://marks"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("c.Course.reveel = 'message'", "c.Course.reveel, which does not exist"),
        ("c.Course.reveal = 'all'", "reveal"),
        ("c.Course.processes = -1", "processes"),
        ("c.Course.packages = 3", "packages"),
        ("c.Course.packages = ['numpi']", "'numpi' in c.Course.packages, which cannot be imported"),
        ("c.Course.packages = ['../x']", "'../x' in c.Course.packages"),
        ("c.Limits.cell_seconds = 1", "c.Limits.cell_seconds, which does not exist"),
        ("c.Limits.cell_cpu = -1", "cell_cpu"),
        ("c.Limits.cell_cpu = 'ten'", "c.Limits"),
        ("c.Course.due = {'lab1': 'tomorrow'}", "'tomorrow', which is no date"),
        ("c.Course.due = {'lab1': 20270201}", "which is no date"),
        ("this is no Python", "SyntaxError"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_slip_is_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(course(tmp_path, text))
    assert words in str(caught.value)
    assert "course_config.py" in str(caught.value)


def test_a_module_that_is_no_file_is_no_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typed_in", ModuleType("typed_in"))
    with pytest.raises(ConfigurationError, match=r"'typed_in' in c\.Course\.packages"):
        load_settings(course(tmp_path, "c.Course.packages = ['typed_in']"))


@pytest.mark.parametrize(
    "text",
    [
        "2027-02-01 23:59 UTC",
        "2027-02-02 00:59 +0100",
        "2027-02-02 00:59 Europe/Berlin",
        "2027-02-01T23:59:00 +00:00",
    ],
)
def test_a_due_date_names_its_zone(text: str) -> None:
    assert parse_due("lab1", text) == datetime(2027, 2, 1, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2027-02-30 12:00 UTC", "2027-02-01 23:59", "2027-02-01 23:59 Mars/Base", None],
)
def test_anything_else_is_no_date(text: object) -> None:
    with pytest.raises(ConfigurationError, match="write it like '2027-02-01 23:59 UTC'"):
        parse_due("lab1", text)


def test_the_course_is_found_from_any_folder_inside(tmp_path: Path) -> None:
    inside = course(tmp_path) / "submitted" / "ada"
    inside.mkdir(parents=True)
    assert find_root(inside) == tmp_path


def test_outside_of_a_course_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="--course-dir"):
        find_root(tmp_path)


def test_a_folder_without_a_configuration_is_no_course(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is this a course"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        'c.CourseDirectory.release_directory = "source"',
        'c.CourseDirectory.autograded_directory = "./submitted/"',
        'c.CourseDirectory.feedback_directory = ""',
    ],
)
def test_no_step_writes_over_what_another_reads(tmp_path: Path, line: str) -> None:
    (tmp_path / "course_config.py").write_text(f"c = get_config()\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="give each step a folder of its own"):
        load_settings(tmp_path)
