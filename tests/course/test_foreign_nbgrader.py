"""Without our judge no grade cell earns a point: not under a stock nbgrader, and not by chance.

A stock `nbgrader autograde` runs the notebook in a real kernel. The visible checks of a right
solution pass there, and the hidden region must still end in zero with the reason.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import tiny

from course.preview import preview

pytestmark = pytest.mark.slow

BIN = Path(sys.executable).parent  # nbgrader calls alembic by name

STOCK = """\
c = get_config()
c.CourseDirectory.course_id = "tiny-course"
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE"}
"""

SCORES = """\
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db", "tiny-course") as gradebook:
    for grade in gradebook.find_submission_notebook("tiny", "tiny", "ada").grades:
        print(grade.name, grade.auto_score)
"""


def nbgrader(course: Path, *arguments: str, **environment: str) -> str:
    """Run one command in the course's folder and return what it printed."""
    ran = subprocess.run(
        [sys.executable, *arguments],
        cwd=course,
        env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    return ran.stdout


@pytest.fixture(params=["installed", "missing"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Whether the kernel finds this package; a package without `preview` stands for none."""
    if request.param == "installed":
        return {}
    shadow = tmp_path / "shadow" / "course"
    shadow.mkdir(parents=True)
    (shadow / "__init__.py").write_text("", encoding="utf-8")
    return {"PYTHONPATH": str(shadow.parent)}


def test_a_stock_nbgrader_gives_zero_and_says_why(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    course = tiny.write_course(tmp_path / "course")
    (course / "nbgrader_config.py").write_text(STOCK, encoding="utf-8")
    nbgrader(course, "-m", "nbgrader", "generate_assignment", "tiny")
    tiny.hand_in(course, "ada", tiny.RIGHT)
    nbgrader(course, "-m", "nbgrader", "autograde", "tiny", **environment)
    scores = dict(line.split() for line in nbgrader(course, "-c", SCORES).splitlines())
    assert (scores["test_double"], scores["test_mean"]) == ("0.0", "0.0")
    ran = (course / "autograded" / "ada" / "tiny" / "tiny.ipynb").read_text(encoding="utf-8")
    assert "Not graded: " in ran


def test_in_an_instructors_jupyter_the_same_line_is_a_preview(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tiny.write_course(tmp_path / "course"))
    monkeypatch.setattr(sys.modules["__main__"], "double", lambda x: 0.0, raising=False)
    preview("tiny", "test_double")
    printed = capsys.readouterr().out
    assert "1 of 4 points" in printed
    assert "not right" in printed
    assert "expected: " in printed


def test_under_nbgrader_the_preview_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny.write_course(tmp_path / "course"))
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(RuntimeError, match="without the course's judge"):
        preview("tiny", "test_double")
