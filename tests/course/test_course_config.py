"""course_config.py: every setting is there, explained, and a commented one shows its default."""

from __future__ import annotations

import re
import shutil
from dataclasses import fields
from pathlib import Path

import pytest

from course.config import Course, Settings, load_settings
from course.sandbox.limits import Limits

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "course_config.py").read_text(encoding="utf-8")
SETTINGS = [
    *(f"c.Course.{name}" for name in Course.class_trait_names(config=True)),
    *(f"c.Limits.{field.name}" for field in fields(Limits)),
    "c.CourseDirectory.course_id",
    "c.CourseDirectory.db_url",
]


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_stands_there_with_its_explanation(setting: str) -> None:
    lines = TEXT.splitlines()
    places = [i for i, line in enumerate(lines) if re.match(rf"(# )?{setting} = ", line)]
    assert places, f"course_config.py does not show {setting}"
    above = lines[: places[0]]
    while above and re.match(r"(# )?c\.\w+\.\w+ = ", above[-1]):
        above.pop()  # several settings share one explanation
    assert above[-1].startswith("# ")


def loaded(text: str, folder: Path) -> Settings:
    (folder / "course_config.py").write_text(text, encoding="utf-8")
    return load_settings(folder)


def test_it_loads(tmp_path: Path) -> None:
    settings = loaded(TEXT, tmp_path)
    assert settings.course_id == "linear-regression"
    assert settings.due["lab1"].isoformat() == "2027-02-01T23:59:00+00:00"


def test_what_is_commented_out_is_the_default(tmp_path: Path) -> None:
    shown = re.sub(r"^# (c\.(?:Limits|Course)\.\w+ = (?!.*OWNER))", r"\1", TEXT, flags=re.MULTILINE)
    assert shown.count("\nc.Limits.") == len(fields(Limits))
    assert loaded(shown, tmp_path) == loaded(TEXT, tmp_path)
    assert loaded(shown, tmp_path).limits == Limits()


def test_nothing_but_the_labs_differs_from_the_defaults(tmp_path: Path) -> None:
    settings = loaded(TEXT, tmp_path)
    plain = loaded("c = get_config()\n", tmp_path)
    assert settings.override(due=plain.due, course_id=plain.course_id) == plain


def test_plain_nbgrader_reads_it_too(tmp_path: Path) -> None:
    from traitlets.config.loader import PyFileConfigLoader

    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(ROOT / name, tmp_path)
    config = PyFileConfigLoader("nbgrader_config.py", path=str(tmp_path)).load_config()
    assert config.CourseDirectory.course_id == "linear-regression"
    assert config.Autograde.exporter_class == "course.nbgrader_shell.GradingExporter"
