"""The sample class: notebooks as Colab writes them, in a course of their own."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
import tiny

from course.cli import main
from course.config import DEMO_MARK, Settings, load_settings
from course.demo import make_course, write_class
from course.errors import ConfigurationError
from course.grading import Grader
from course.lab import Lab
from course.release import release
from course.sample import SHAPES, differences, hand_in

ROOT = Path(__file__).parents[2]
SAMPLE_CLASS = """
from types import SimpleNamespace

def sample(student, shape, points, **cells):
    marks = {"test_double": points[0], "test_mean": points[1]}
    return SimpleNamespace(
        student=student, story="a story", cells=cells, extra=(), shape=shape, marks=marks
    )

SAMPLES = (
    sample("ada", "drive", (4, 6), double="def double(x):\\n    return x + x",
           mean="def mean(xs):\\n    return sum(xs) / len(xs)"),
    sample("bob", "github", (0, 0)),
)
"""


@dataclass
class Typed:
    """A sample of the tiny lab."""

    shape: str
    student: str = "ada"
    story: str = ""
    cells: dict[str, str] = field(default_factory=lambda: {**tiny.RIGHT, "answer_why": "Because."})
    extra: tuple[str, ...] = ("!pip install numpy",)
    marks: dict[str, float] = field(default_factory=lambda: {"test_double": 4, "test_mean": 6})
    points: float = 10


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    course = tiny.write_course(tmp_path_factory.mktemp("sample") / "course")
    (course / "tests" / tiny.LAB / "sample_class.py").write_text(SAMPLE_CLASS)
    release(load_settings(course), tiny.LAB)
    return load_settings(course)


def written(settings: Settings, shape: str) -> tuple[str, Any]:
    text = hand_in(settings, tiny.LAB, Typed(shape)).read_text(encoding="utf-8")
    return text, json.loads(text)


@pytest.mark.parametrize("shape", ["drive", "github"])
def test_colab_says_minor_0_and_keeps_ids_in_the_metadata(settings: Settings, shape: str) -> None:
    text, notebook = written(settings, shape)
    assert list(notebook) == ["nbformat", "nbformat_minor", "metadata", "cells"]
    assert notebook["nbformat_minor"] == 0
    assert notebook["metadata"]["kernelspec"] == {"name": "python3", "display_name": "Python 3"}
    assert not text.endswith("\n")
    assert all("id" not in cell and cell["metadata"]["id"] for cell in notebook["cells"])
    assert notebook["cells"][-1]["source"] == []
    labels = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in notebook["cells"]]
    assert [label for label in labels if label] == [
        *("setup", "double", "test_double", "mean", "test_mean", "answer_why")
    ]


def test_a_download_is_one_line_with_personal_data(settings: Settings) -> None:
    text, notebook = written(settings, "drive")
    assert "\n" not in text
    ran = [cell["metadata"] for cell in notebook["cells"] if cell["cell_type"] == "code"][:-1]
    assert all(each["executionInfo"]["user"]["displayName"] == "ada (private)" for each in ran)
    assert len({each["outputId"] for each in ran}) == len(ran)


def test_a_copy_in_github_is_indented_under_a_badge(settings: Settings) -> None:
    text, notebook = written(settings, "github")
    assert text.startswith('{\n  "nbformat": 4')
    assert notebook["cells"][0]["metadata"] == {"id": "view-in-github", "colab_type": "text"}
    assert "executionInfo" not in text


def test_jupyter_writes_what_its_schema_says(settings: Settings) -> None:
    text, notebook = written(settings, "plain")
    nbformat.validate(notebook)
    assert text.startswith('{\n "cells": [')
    assert text.endswith("}\n")


def test_lost_labels_are_all_lost(settings: Settings) -> None:
    text, notebook = written(settings, "no-metadata")
    assert "nbgrader" not in text
    assert all(re.fullmatch(r"[\w-]{12}", cell["metadata"]["id"]) for cell in notebook["cells"])


def test_the_same_class_is_written_every_time(settings: Settings) -> None:
    assert written(settings, "drive") == written(settings, "drive")


@pytest.mark.parametrize("shape", sorted(set(SHAPES) - {"truncated", "empty"}))
def test_every_shape_is_graded_alike(settings: Settings, shape: str, grader: Grader) -> None:
    sample = Typed(shape)
    path = hand_in(settings, tiny.LAB, sample)
    record = grader.grade("ada", path.read_bytes(), file_name=path.name).record
    assert differences(record, sample) == []
    assert record.cell("answer_why").answered
    assert "ada (private)" not in record.to_json()


def test_a_difference_is_told_by_cell(settings: Settings, grader: Grader) -> None:
    sample = Typed("plain", cells=tiny.HALF)
    record = grader.grade("ada", hand_in(settings, tiny.LAB, sample).read_bytes()).record
    assert differences(record, sample) == [
        "ada: test_double gave 1 points and should have given 4.",
        "ada: test_mean gave 2.5 points and should have given 6.",
    ]


def test_a_sample_that_fills_no_cell_is_refused(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="fills in 'doubble', which is no cell"):
        hand_in(settings, tiny.LAB, Typed("plain", cells={"doubble": ""}))


@pytest.fixture(scope="module")
def grader(settings: Settings) -> Any:
    with Grader(settings, Lab.load(settings, tiny.LAB)) as opened:
        yield opened


# --- the demonstration's own course --------------------------------------------------------------


def test_a_demonstration_touches_nothing_of_the_course(settings: Settings, tmp_path: Path) -> None:
    def state() -> dict[str, bytes]:
        return {
            str(path): path.read_bytes()
            for path in settings.root.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }

    before = state()
    for _ in range(2):
        made = make_course(settings, tmp_path / "demo")
        samples = write_class(made, tiny.LAB)
    assert state() == before
    assert made.root == tmp_path / "demo"
    assert {path.name for path in made.folder("submitted").iterdir()} == {"ada", "bob"}
    assert set(samples) == {"ada", "bob"}


def test_a_folder_of_somebody_elses_is_never_removed(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(ConfigurationError, match="is not empty and no demonstration made it"):
        make_course(settings, tmp_path)
    with pytest.raises(ConfigurationError, match="is not empty and no demonstration made it"):
        make_course(settings, settings.root)
    assert (tmp_path / "thesis.txt").read_text() == "three years of work"


def test_an_empty_folder_will_do(settings: Settings, tmp_path: Path) -> None:
    make_course(settings, tmp_path)
    assert (tmp_path / DEMO_MARK).is_file()


# --- Lab 1's class, as `make demo` shows it ------------------------------------------------------


@pytest.mark.slow
def test_the_demonstration_ends_well(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--into", str(tmp_path / "demo"), "--course-dir", str(ROOT)])
    told = capfd.readouterr()
    assert ended.value.code == 0, told.err
    count = len(list((tmp_path / "demo" / "submitted").iterdir()))
    assert count >= 24
    assert f"Every one of the {count} got exactly the marks stated for it." in told.out
    assert f"{count} pages: " in told.out
