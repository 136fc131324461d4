"""Names that people really choose, for a course's folder and for students: nothing minds them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tiny
from gradebooks import sql

from course.config import Settings, load_settings
from course.record import Record
from course.release import release

pytestmark = pytest.mark.slow  # each command starts as a person starts it
COMMAND = [sys.executable, "-c", "from course.cli import main; main()"]
ODD = (
    "Jürgen Müßig",
    "-rf",
    "--student",
    "a'b\"c",
    "O;Brien && $(touch oops) `id`",
    "[a-z]*?",
    "<script>alert(1)</script>".replace("/", "⁄"),
    "=1+1",
    "100%s %(name)s {lab}",
    "back\\slash",
    "two\nlines",
    " spaces around ",
    "e\u0301 decomposed",
    "学生🙂",
    "NULL",
    "x" * 200,
)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A released course in a folder with spaces, umlauts, quotes and a percent sign."""
    folder = tiny.write_course(tmp_path / "Übung 1 – „Größe“ 100% (it's #1)")
    release(load_settings(folder), tiny.LAB)
    return folder


def run(course: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], cwd=course, capture_output=True, text=True)


def points(course: Path) -> dict[str, float]:
    found = course.glob(f"autograded/*/{tiny.LAB}/record.json")
    return {path.parts[-3]: Record.from_json(path.read_bytes()).points for path in found}


def stored(settings: Settings) -> dict[str, float]:
    """Everybody's automatic points, as the gradebook has them."""
    query = (
        "select a.student_id, sum(g.auto_score) from grade g "
        "join submitted_notebook n on n.id = g.notebook_id "
        "join submitted_assignment a on a.id = n.assignment_id group by a.student_id"
    )
    file = settings.root / "gradebook.db"
    return dict(sql(settings.override(db_url=f"sqlite:///{file}"), query))


def test_odd_students_in_an_odd_folder_get_their_marks_and_their_pages(course: Path) -> None:
    for student in ODD:
        tiny.hand_in(course, student, tiny.RIGHT)
    before = {path.name for path in course.iterdir()}
    graded = run(course, "autograde", tiny.LAB)
    assert (graded.returncode, graded.stderr.count("Traceback")) == (0, 0), graded.stderr
    assert points(course) == stored(load_settings(course)) == dict.fromkeys(ODD, 10.0)
    assert "\x1b" not in graded.stdout
    assert run(course, "feedback", tiny.LAB).returncode == 0
    pages = {path.parts[-3] for path in course.glob(f"feedback/*/{tiny.LAB}/{tiny.LAB}.html")}
    assert pages == set(ODD)
    new = {path.name for path in course.iterdir()} - before
    assert new <= {"autograded", "feedback", "gradebook.db", "__pycache__", ".pytest_cache"}


def test_an_odd_student_can_be_graded_alone(course: Path) -> None:
    for student in ("--student", "ada"):
        tiny.hand_in(course, student, tiny.RIGHT)
    assert run(course, "autograde", tiny.LAB, "--student=--student").returncode == 0
    assert points(course) == {"--student": 10.0}


def test_the_second_of_two_runs_at_once_is_refused_and_the_first_goes_on(course: Path) -> None:
    for number in range(6):
        busy = {"double": "import time\nfor _ in range(10):\n    time.sleep(0.1)"}
        tiny.hand_in(course, f"s{number}", tiny.RIGHT if number == 0 else busy)
    command = [*COMMAND, "autograde", tiny.LAB, "--processes", "1"]
    first = subprocess.Popen(
        command, cwd=course, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 120
    while not points(course):
        assert time.monotonic() < deadline
        assert first.poll() is None, first.communicate()
        time.sleep(0.05)
    first.send_signal(signal.SIGSTOP)  # so that it writes still, however long the second takes
    try:
        assert len(points(course)) < 6
        second = run(course, "autograde", tiny.LAB)
    finally:
        first.send_signal(signal.SIGCONT)
    first.communicate(timeout=120)
    assert (second.returncode, second.stdout) == (2, "")
    assert "Another run is writing to" in second.stderr
    assert "Traceback" not in second.stderr
    assert first.returncode == 0
    assert len(points(course)) == 6
    assert points(course) == stored(load_settings(course))
