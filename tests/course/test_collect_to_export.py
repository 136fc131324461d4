"""The whole way: a zip from Canvas, collected, graded by both shells, and back to Canvas."""

from __future__ import annotations

import csv
import io
import json
import signal
from collections.abc import Callable
from pathlib import Path

import lms
import pytest
import tiny

from course.cli import main
from course.config import load_settings
from course.record import Record
from course.release import release

ROSTER = """\
Student,ID,SIS User ID,SIS Login ID,Section,Tiny (77)
    Points Possible,,,,,15
"Lovelace, Ada",301,S1,ada,Monday,
"Müller, Jörg",302,S2,joerg,Monday,
"Hopper, Grace",303,S3,grace,Monday,
"Turing, Alan",304,S4,alan,Monday,
"""

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run `course …` in this process: its exit code and what it printed."""
    before = signal.getsignal(signal.SIGTERM)

    def run(*arguments: object) -> tuple[int, str]:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(each) for each in arguments])
        return int(ended.value.code or 0), "".join(capfd.readouterr())

    yield run
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tiny.write_course(tmp_path / "course")
    release(load_settings(folder), tiny.LAB)
    with (folder / "course_config.py").open("a", encoding="utf-8") as file:
        file.write('c.LateSubmissionPlugin.penalty_method = "zero"\nc.Course.timezone = "UTC"\n')
    return folder


def work(course: Path, sources: dict[str, str]) -> bytes:
    return json.dumps(tiny.filled(course, sources)).encode()


def canvas(course: Path) -> Path:
    place = course.parent / "submissions.zip"
    files = {
        "lovelaceada_301_11_Copy of tiny.ipynb": work(course, tiny.RIGHT),
        "lovelaceada_301_10_scratch.ipynb": b"{}",
        "müllerjörg_LATE_302_12_tiny-2.ipynb": work(course, tiny.RIGHT),
        "turingalan_304_13_tiny.pdf": b"%PDF",
    }
    place.write_bytes(lms.zipped(files))
    return place


def late_list(course: Path) -> Path:
    """The class list with the time that Canvas's export lacks."""
    header, rest = ROSTER.split("\n", 1)
    lines = [f"{header},submitted", *(f"{line}," for line in rest.splitlines())]
    text = "\n".join(lines).replace(
        "302,S2,joerg,Monday,,", "302,S2,joerg,Monday,,2027-02-03 10:00"
    )
    path = course.parent / "class.csv"
    path.write_text(text + "\n", encoding="utf-8")
    return path


def points(course: Path) -> dict[str, float]:
    found = course.glob(f"autograded/*/{tiny.LAB}/record.json")
    return {each.student: each.points for each in (Record.from_json(p.read_bytes()) for p in found)}


def test_from_canvas_and_back(run: Run, course: Path) -> None:
    where, roster = ("--course-dir", course), ("--roster", late_list(course))
    code, said = run("collect", tiny.LAB, canvas(course), *roster, *where)
    assert (code, "4 files: 3 collected, 1 an earlier attempt, kept" in said) == (0, True)
    assert run("autograde", tiny.LAB, *where)[0] == 0
    assert points(course) == {"ada": 10, "joerg": 10, "alan": 0}
    code, said = run("export", tiny.LAB, "--to", "canvas", *roster, *where)
    assert code == 0
    assert "Left out, nothing handed in: grace" in said
    text = (course / "exports" / "tiny-canvas.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Tiny (77)"],
        ["    Points Possible", "", "", "", "", "15"],
        ["Lovelace, Ada", "301", "S1", "ada", "Monday", "10"],
        ["Turing, Alan", "304", "S4", "alan", "Monday", "0"],
        ["Müller, Jörg", "302", "S2", "joerg", "Monday", "0"],
    ]


@pytest.mark.slow
def test_nbgrader_grades_what_was_collected_the_same(run: Run, course: Path) -> None:
    """Attempts that are kept reach neither its folders nor what students get back."""
    run("collect", tiny.LAB, canvas(course), "--roster", late_list(course), "--course-dir", course)
    tiny.nbgrader("autograde", tiny.LAB, cwd=course)
    tiny.nbgrader("generate_feedback", tiny.LAB, cwd=course)
    assert points(course) == {"ada": 10, "joerg": 10, "alan": 0}
    assert b"scratch.ipynb" in b"".join(p.name.encode() for p in course.rglob("collected/**/*"))
    given_back = [*course.glob("feedback/**/*"), *course.glob("autograded/**/*")]
    assert not [path for path in given_back if "scratch" in path.name]
    late = next(course.glob(f"autograded/joerg/{tiny.LAB}/timestamp.txt"))
    assert late.read_text() == "2027-02-03 10:00:00 UTC\n"
    code, _ = run("export", tiny.LAB, "--to", "csv", "--course-dir", course)
    assert code == 0
    text = (course / "exports" / "tiny-csv.csv").read_text(encoding="utf-8")
    scores = {row["student"]: row["score"] for row in csv.DictReader(io.StringIO(text))}
    assert scores == {"ada": "10", "alan": "0", "joerg": "0"}


BAD = {
    "no place": (("collect", tiny.LAB), "Missing argument 'WHERE...'"),
    "nothing there": (("collect", tiny.LAB, "none.zip"), "There is no none.zip"),
    "no such lab": (("collect", "lab9", "."), "There is no lab 'lab9'"),
    "no such maker": (("collect", tiny.LAB, ".", "--from", "webct"), "--from takes canvas"),
    "no such zone": (("collect", tiny.LAB, ".", "--timezone", "Mars"), "no time zone 'Mars'"),
    "no such list": (("collect", tiny.LAB, ".", "--roster", "none.csv"), "none.csv cannot be read"),
    "no format": (("export", tiny.LAB), "--to"),
    "other format": (("export", tiny.LAB, "--to", "sakai"), "'sakai' is not one of"),
    "no list": (("export", tiny.LAB, "--to", "canvas"), "with --roster"),
    "no marks": (("export", tiny.LAB, "--to", "csv"), "run `course autograde tiny`"),
    "nothing to scale": (("export", tiny.LAB, "--to", "csv", "--out-of", "0"), "--out-of"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_sentence_and_exit_2(name: str, run: Run, course: Path) -> None:
    arguments, words = BAD[name]
    code, said = run(*arguments, "--course-dir", course)
    assert code == 2
    assert words in said
    assert said.count("\n") == 1
    assert not (course / "collected").exists()
    assert not (course / "exports").exists()
