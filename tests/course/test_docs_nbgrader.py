"""docs/nbgrader.md: its programs do what the page says of them."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest
from gradebooks import graded_class, new_gradebook, store, stored
from tiny import write_course

from course.config import Settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "nbgrader.md").read_text(encoding="utf-8")
PLUGIN, EXTENSION = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def course(tmp_path: Path) -> Settings:
    """A course whose instructor followed the page, and whose gradebook knows the lab."""
    graded_class()  # its checks first: another course's of the same names come now
    folder = write_course(tmp_path / "course")
    (folder / "late.py").write_text(PLUGIN, encoding="utf-8")
    (named,) = re.findall(r"`(c\.AssignLatePenalties\.plugin_class = [^`]*)`", PAGE)
    with (folder / "course_config.py").open("a", encoding="utf-8") as file:
        file.write(named + "\n")
    return new_gradebook(folder / "gradebook.db").override(root=folder)


def penalties(settings: Settings) -> list[float | None]:
    return [row[3] for row in stored(settings)["submitted_notebook"]]


def test_the_plugin_takes_a_tenth_for_each_day_begun(course: Settings) -> None:
    store(course, {"eli": graded_class().first["eli"]})  # all ten points, two days and a half late
    assert penalties(course) == [pytest.approx(3.0)]


def test_an_extension_counts_from_the_next_grading_on(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(course, {"eli": graded_class().first["eli"]})
    monkeypatch.chdir(course.root)
    exec(EXTENSION.replace('"lab1", "ada"', '"tiny", "eli"'), {})
    assert penalties(course) == [pytest.approx(3.0)]
    store(course, {"eli": graded_class().first["eli"]})
    assert penalties(course) == [None]


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`nbgrader ([a-z_]+)", PAGE))))
def test_the_commands_exist(command: str) -> None:
    from nbgrader.apps.nbgraderapp import NbGraderApp

    assert command in NbGraderApp.subcommands


def test_the_settings_exist() -> None:
    from nbgrader.apps.nbgraderapp import NbGraderApp
    from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension

    from course.config import Course

    classes = {one.__name__: one for one in NbGraderApp().all_configurable_classes()}
    classes |= {"FormgradeExtension": FormgradeExtension, "Course": Course}
    named = set(re.findall(r"\bc\.(\w+)\.(\w+)", PAGE))
    assert len(named) > 3
    for section, name in named:
        assert name in classes[section].class_trait_names(config=True)
    assert shutil.which("nbgrader", path=str(Path(sys.executable).parent))
