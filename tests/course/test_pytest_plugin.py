"""`pytest tests/<lab> --submission PATH`: a TA's terminal shows a stranger's text, obeying none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import tiny

from course.config import load_settings
from course.release import release

DISOBEYED = """
def double(x):
    raise type("Red\\x1b[31m", (Exception,), {})("\\x1b]0;title\\x1b\\\\ \\x9b2J \\u202e text")
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tiny.write_course(tmp_path_factory.mktemp("course"))
    release(load_settings(made), tiny.LAB)
    return made


def asked(course: Path, submission: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "--color=no", f"tests/{tiny.LAB}"]
    return subprocess.run(
        [*command, "--submission", str(submission)],
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_a_students_error_says_is_spelled_out(course: Path) -> None:
    submission = tiny.hand_in(course, "mallory", {"double": DISOBEYED, "mean": tiny.RIGHT["mean"]})
    shown = asked(course, submission).stdout
    assert "StudentError: Red\\x1b[31m: \\x1b]0;title\\x1b\\" in shown
    assert "test_mean                        6 of 6" in shown
    assert all(each.isprintable() for each in shown.replace("\n", ""))


@pytest.mark.parametrize(
    ("content", "words"), [(b"%PDF-1.7", "The file is a PDF"), (None, "No such file")]
)
def test_what_cannot_be_read_is_a_sentence(
    course: Path, content: bytes | None, words: str, tmp_path: Path
) -> None:
    submission = tmp_path / "mine\x1b[2J.ipynb"
    if content is not None:
        submission.write_bytes(content)
    refused = asked(course, submission)
    assert refused.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: {tmp_path}/mine\\x1b[2J.ipynb: " in refused.stderr
    assert words in refused.stderr
    assert "Traceback" not in refused.stdout + refused.stderr
    assert "\x1b" not in refused.stdout + refused.stderr
