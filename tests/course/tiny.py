"""A whole course in miniature, for tests that need one: a lab of two functions and one answer.

`write_course(folder)` writes it, unreleased. The lab is called `tiny`: solution cells `double` and
`mean`, grade cells `test_double` (4 points) and `test_mean` (6), a written answer `answer_why` (5).
`hand_in` puts a notebook into `submitted/` as a student would; `grade` is a whole run of
`course autograde`; `nbgrader` runs the plain command.
"""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from course import autograde
from course.config import Settings
from course.errors import ConfigurationError

REPOSITORY = Path(__file__).parents[2]
LAB = "tiny"

CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "tiny-course"
c.Course.due = {"tiny": "2027-02-01 23:59 UTC"}
c.Course.colab_url = "https://colab.example.org/{lab}.ipynb"
c.Course.secret = "a secret of the tests"
"""

HIDDEN = """\
### BEGIN HIDDEN TESTS
try:
    from course.preview import preview
except ImportError:
    raise RuntimeError("Not graded: only the course's judge awards these points.") from None
preview("tiny", "{grade_id}")
### END HIDDEN TESTS"""

DOUBLE = '''\
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
    raise NotImplementedError("double returns nothing yet")'''

MEAN = '''\
def mean(xs):
    """The mean of a list of numbers."""
    ### BEGIN SOLUTION
    return sum(xs) / len(xs)
    ### END SOLUTION
    raise NotImplementedError("mean returns nothing yet")'''

CHECKS = {
    "test_double": '''\
import pytest

EXERCISE = ("double",)


@pytest.mark.points(1)
def test_of_zero(submission):
    """Twice nothing is nothing."""
    submission.double(0.0).should_be(0.0)


@pytest.mark.points(3)
def test_of_others(submission, rng):
    """The double is the sum of a number with itself."""
    x = float(rng.uniform(1, 9))
    submission.double(x).should_be(x + x)
''',
    "test_mean": '''\
import pytest

EXERCISE = ("mean",)


@pytest.mark.points(2.5)
def test_of_one(submission):
    """The mean of one number is that number."""
    submission.mean([4.0]).should_be(4.0)


@pytest.mark.points(3.5)
def test_of_many(submission, rng):
    """The mean is the sum divided by how many there are."""
    xs = [float(x) for x in rng.uniform(1, 9, size=5)]
    submission.mean(xs).should_be(sum(xs) / 5)
''',
}

# what students type; the names say what it is worth
RIGHT = {
    "double": "def double(x):\n    return x + x",
    "mean": "def mean(xs):\n    return sum(xs) / len(xs)",
}
HALF = {"double": "def double(x):\n    return 0.0", "mean": "def mean(xs):\n    return xs[0]"}
WRONG = {"double": "def double(x):\n    return 'no'", "mean": "def mean(xs):\n    return None"}


def write_course(folder: Path) -> Path:
    """Write the course into `folder` and return it; nothing is released yet."""
    forget_checks()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "course_config.py").write_text(CONFIG, encoding="utf-8")
    shutil.copy(REPOSITORY / "nbgrader_config.py", folder)
    write_notebook(folder / "source" / LAB / f"{LAB}.ipynb", source_notebook())
    checks = folder / "tests" / LAB
    checks.mkdir(parents=True, exist_ok=True)
    for name, text in CHECKS.items():
        (checks / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def forget_checks() -> None:
    """Let another folder's checks of the same names be collected in this process."""
    for name in CHECKS:
        sys.modules.pop(name, None)


def source_notebook() -> dict[str, Any]:
    """The instructor's notebook, with solutions."""
    return {
        "cells": [
            markdown("badge", "[![Open in Colab](https://example.org/badge.svg)](COLAB_URL)"),
            markdown("story", "# Tiny\n\nTwo functions and a question."),
            code("setup", "import math", locked=True),
            code("double", DOUBLE, solution=True),
            code(
                "test_double",
                "assert callable(double)\n" + HIDDEN.format(grade_id="test_double"),
                grade=True,
                points=4,
            ),
            code("mean", MEAN, solution=True),
            code(
                "test_mean",
                "assert callable(mean)\n" + HIDDEN.format(grade_id="test_mean"),
                grade=True,
                points=6,
            ),
            markdown("question", "## Why is the mean of one number that number?"),
            markdown(
                "answer_why", "Because it is divided by one.", grade=True, solution=True, points=5
            ),
        ],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def code(cell_id: str, source: str, **labels: Any) -> dict[str, Any]:
    """A code cell; `labels` are nbgrader's."""
    return {**_cell("code", cell_id, source, labels), "execution_count": None, "outputs": []}


def markdown(cell_id: str, source: str, **labels: Any) -> dict[str, Any]:
    """A text cell; `labels` are nbgrader's, if it has any."""
    return _cell("markdown", cell_id, source, labels)


def _cell(cell_type: str, cell_id: str, source: str, labels: dict[str, Any]) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    if labels:
        role = {"grade": False, "solution": False, "locked": not labels.get("solution")}
        name = {"grade_id": cell_id, "schema_version": 3, "task": False}
        metadata = {"nbgrader": {**role, **name, **labels}}
    return {"cell_type": cell_type, "id": cell_id, "metadata": metadata, "source": source}


def write_notebook(path: Path, notebook: dict[str, Any]) -> Path:
    """Write a notebook as JSON and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook, indent=1) + "\n", encoding="utf-8")
    return path


def filled(course: Path, sources: dict[str, str]) -> dict[str, Any]:
    """The released notebook with what a student typed, by cell id."""
    path = course / "release" / LAB / f"{LAB}.ipynb"
    notebook: dict[str, Any] = copy.deepcopy(json.loads(path.read_text(encoding="utf-8")))
    for cell in notebook["cells"]:
        cell["source"] = sources.get(cell["id"], cell["source"])
    return notebook


def hand_in(
    course: Path,
    student: str,
    sources: dict[str, str],
    *,
    name: str = f"{LAB}.ipynb",
    timestamp: str = "",
) -> Path:
    """Put a student's notebook under `submitted/` and return its path; the lab must be released."""
    folder = course / "submitted" / student / LAB
    path = write_notebook(folder / name, filled(course, sources))
    if timestamp:
        (folder / "timestamp.txt").write_text(timestamp + "\n", encoding="utf-8")
    return path


def grade(settings: Settings, lab: str = LAB, *which: str, **how: Any) -> autograde.Results:
    """Grade what was handed in, by all students or by those."""
    with autograde.planned(settings, lab, which, **how) as what:
        return autograde.run(what)


def nbgrader(*arguments: str, cwd: Path, code: int = 0) -> str:
    """Run plain nbgrader as an instructor does, and return what it says."""
    programs = Path(sys.executable).parent
    done = subprocess.run(
        [programs / "nbgrader", *arguments],
        cwd=cwd,
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stderr


def refused(act: Callable[[], object], *words: str) -> None:
    """Demand that the act ends in one sentence that has all the words."""
    with pytest.raises(ConfigurationError) as caught:
        act()
    sentence = str(caught.value)
    for word in words:
        assert word in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert not re.search(r"[a-z]\. [A-Z]", sentence)
