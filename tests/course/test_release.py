"""Releases: what nbgrader itself gives, the same bytes every time, and no lab that is not fit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tiny
from tiny import LAB, nbgrader, refused, source_notebook, write_course, write_notebook

from course.config import load_settings
from course.release import refuse_stale, release, release_text

Notebook = dict[str, Any]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return write_course(tmp_path / "course")


def change_source(course: Path, change: Callable[[Notebook], object]) -> None:
    notebook = source_notebook()
    change(notebook)
    write_notebook(course / "source" / LAB / f"{LAB}.ipynb", notebook)


def cell_of(notebook: Notebook, cell_id: str) -> Notebook:
    return next(cell for cell in notebook["cells"] if cell["id"] == cell_id)


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_students_get_stubs_and_nothing_that_is_hidden(course: Path) -> None:
    text = release(load_settings(course), LAB).read_text(encoding="utf-8")
    notebook = json.loads(text)
    assert "".join(cell_of(notebook, "double")["source"]) == (
        'def double(x):\n    """Twice x."""\n    # YOUR CODE HERE\n'
        '    raise NotImplementedError("double returns nothing yet")'
    )
    assert "".join(cell_of(notebook, "answer_why")["source"]) == "YOUR ANSWER HERE"
    for secret in ("return 2 * x", "sum(xs)", "HIDDEN", "preview", "divided by one", "SOLUTION"):
        assert secret not in text


def test_the_badge_leads_to_the_lab(course: Path) -> None:
    notebook = json.loads(release_text(load_settings(course), LAB))
    assert "(https://colab.example.org/tiny.ipynb)" in "".join(cell_of(notebook, "badge")["source"])


def test_cells_keep_the_ids_by_which_submissions_are_recognised(course: Path) -> None:
    notebook = json.loads(release_text(load_settings(course), LAB))
    assert [c["id"] for c in notebook["cells"]] == [c["id"] for c in source_notebook()["cells"]]


def test_the_same_source_gives_the_same_bytes(course: Path) -> None:
    settings = load_settings(course)
    first = release(settings, LAB).read_bytes()
    assert release(settings, LAB).read_bytes() == first
    program = f"""
from pathlib import Path
from course.config import load_settings
from course.release import release_text
print(release_text(load_settings(Path({str(course)!r})), {LAB!r}), end="")
"""
    elsewhere = subprocess.run(
        [sys.executable, "-c", program],
        cwd=course.parent,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
        capture_output=True,
        check=True,
    )
    assert elsewhere.stdout == first


def test_only_the_release_is_written(course: Path) -> None:
    before = files_of(course)
    path = release(load_settings(course), LAB)
    after = files_of(course)
    assert after.pop(str(path.relative_to(course)))
    assert after == before


def test_plain_nbgrader_gives_the_same_bytes_from_any_folder(course: Path, tmp_path: Path) -> None:
    path = release(load_settings(course), LAB)
    ours = path.read_bytes()
    path.unlink()
    nbgrader("generate_assignment", LAB, "--force", f"--course-dir={course}", cwd=tmp_path)
    assert path.read_bytes() == ours


def test_a_current_release_is_not_stale(course: Path) -> None:
    settings = load_settings(course)
    release(settings, LAB)
    refuse_stale(settings, LAB)


@pytest.mark.parametrize("how", ["missing", "touched", "source"])
def test_a_stale_release_is_refused_and_left_alone(course: Path, how: str) -> None:
    settings = load_settings(course)
    path = release(settings, LAB)
    if how == "missing":
        path.unlink()
    elif how == "touched":
        path.write_bytes(path.read_bytes().replace(b"Two functions", b"2 functions"))
    else:
        change_source(course, lambda notebook: cell_of(notebook, "story").update(source="# New"))
    before = files_of(course)
    refused(
        lambda: refuse_stale(settings, LAB), "is not what source/tiny gives now", "course release"
    )
    assert files_of(course) == before


def test_no_such_lab(course: Path) -> None:
    refused(lambda: release(load_settings(course), "lab7"), "no lab 'lab7'", "the course has tiny")


def test_weights_that_do_not_sum(course: Path) -> None:
    change_source(
        course, lambda nb: cell_of(nb, "test_mean")["metadata"]["nbgrader"].update(points=7)
    )
    refused(lambda: release(load_settings(course), LAB), "test_mean", "6 points", "7")
    assert not (course / "release").exists()


def test_a_grade_cell_without_checks(course: Path) -> None:
    (course / "tests" / LAB / "test_mean.py").unlink()
    refused(lambda: release(load_settings(course), LAB), "test_mean", "has no checks")


def test_checks_without_a_grade_cell(course: Path) -> None:
    change_source(course, lambda nb: nb["cells"].remove(cell_of(nb, "test_mean")))
    refused(lambda: release(load_settings(course), LAB), "test_mean", "no grade cell")


def test_a_refused_lab_keeps_its_release_of_before(course: Path) -> None:
    settings = load_settings(course)
    path = release(settings, LAB)
    before = path.read_bytes()
    (course / "tests" / LAB / "test_mean.py").unlink()
    tiny.forget_checks()
    refused(lambda: release(settings, LAB), "has no checks")
    assert path.read_bytes() == before


def test_cells_without_an_id(course: Path) -> None:
    change_source(course, lambda nb: cell_of(nb, "story").pop("id"))
    refused(lambda: release(load_settings(course), LAB), "Cell 2", "no id of its own")


def test_cells_with_the_same_id(course: Path) -> None:
    change_source(course, lambda nb: cell_of(nb, "question").update(id="story"))
    refused(lambda: release(load_settings(course), LAB), "Cell 2", "no id of its own")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 3}', '{"cells": [1]}'])
def test_a_source_that_is_no_notebook(course: Path, text: str) -> None:
    (course / "source" / LAB / f"{LAB}.ipynb").write_text(text, encoding="utf-8")
    refused(lambda: release(load_settings(course), LAB), "cannot be read as a notebook")


def test_what_nbgrader_refuses_is_said_in_a_sentence(course: Path) -> None:
    def leave_open(notebook: Notebook) -> None:
        cell = cell_of(notebook, "double")
        cell["source"] = cell["source"].replace("### END SOLUTION", "")

    change_source(course, leave_open)
    refused(lambda: release(load_settings(course), LAB), "no end solution statement found")


def test_a_course_without_nbgraders_configuration(course: Path) -> None:
    (course / "nbgrader_config.py").unlink()
    refused(lambda: release(load_settings(course), LAB), "No nbgrader_config.py")


def test_a_broken_configuration(course: Path) -> None:
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write("c.NoSuchThing = = 3\n")
    refused(lambda: release(load_settings(course), LAB), "nbgrader_config.py cannot be read")


def test_a_folder_that_cannot_be_written(course: Path) -> None:
    (course / "release").write_text("a file where the folder should be", encoding="utf-8")
    refused(lambda: release(load_settings(course), LAB), "cannot be written")


def test_an_interrupted_release_leaves_the_one_of_before(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(course)
    path = release(settings, LAB)
    before = path.read_bytes()

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    change_source(course, lambda notebook: cell_of(notebook, "story").update(source="# New"))
    refused(lambda: release(settings, LAB), "No space left on device", "make room")
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]
