"""`course feedback`: what a student's page says, for every kind of submission and gradebook."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from gradebooks import as_a_ta
from test_pictures import PICTURES
from tiny import HALF, LAB, RIGHT, WRONG, forget_checks, grade, hand_in, refused, write_course

from course import feedback
from course.config import Settings, load_settings
from course.record import Outcome
from course.release import release
from course.reports import records

ANSWER = {"answer_why": "It is divided by $\\frac{1}{1}$."}
NO_PYTHON = {"double": "def double(x):\n    return (2 * x", "mean": RIGHT["mean"]}
RAISES = {"double": "def double(x):\n    return 1 / 0", "mean": RIGHT["mean"]}
ADDRESS = re.compile(r"""(?:src|href|url)\s*[=(]\s*["']?\s*(?!#|data:image/png)[^"'\s>]+""")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A graded class; tests change a copy of it."""
    folder = write_course(tmp_path_factory.mktemp("feedback") / "course")
    (folder / "tests" / LAB / "pictures.py").write_text(PICTURES, encoding="utf-8")
    settings = load_settings(folder)
    release(settings, LAB)
    hand_in(folder, "ada", {**RIGHT, **ANSWER})
    hand_in(folder, "ben", HALF, timestamp="2027-01-30 08:00:00 UTC")
    hand_in(folder, "cy", RAISES)
    hand_in(folder, "dee", {}).write_text("no notebook", encoding="utf-8")
    hand_in(folder, "dan", NO_PYTHON)
    hand_in(folder, "eve", {**WRONG, **ANSWER})
    grade(settings)
    yield settings
    forget_checks()


@pytest.fixture
def settings(graded: Settings, tmp_path: Path) -> Settings:
    shutil.copytree(graded.root, tmp_path / "course")
    return load_settings(tmp_path / "course")


def page(settings: Settings, student: str) -> str:
    """Write everybody's page, and return one of them with its tags taken out of the way."""
    feedback.write(settings, LAB)
    return feedback.page(settings, LAB, student).read_text(encoding="utf-8")


def words(html: str) -> str:
    """What a reader sees, in one line."""
    body = re.sub(r"<(style|svg)\b.*?</\1>", "", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u202f", " ").split())


def test_full_marks_and_an_answer_that_waits(settings: Settings) -> None:
    html = page(settings, "ada")
    text = words(html)
    assert "10 of 10 points" in text
    assert "5 more are still to be marked by hand" in text
    assert "Every check passed" in text
    assert "Where to begin" not in text
    assert "Your doubles" in text
    assert '<polyline points="' in html
    assert "<mfrac>" in html, "the formula in the answer"
    assert not ADDRESS.search(html.replace('href="https://colab.example.org/tiny.ipynb"', ""))


def test_the_first_exercise_that_lost_points_comes_first(settings: Settings) -> None:
    text = words(page(settings, "ben"))
    begin = text[text.index("Where to begin") : text.index("Your functions at work")]
    assert "2 exercises lost points" in begin
    assert "test_double" in begin
    assert "The double is the sum of a number with itself." in begin
    assert "double gives another value than it should on the check's data." in begin
    assert "def double ( x ): return 0.0" in begin
    assert begin.rstrip().endswith("return 0.0"), "the code that lost the points is beside it"
    for part in ("Twice nothing is nothing. passed 1 / 1", "itself. not right 0 / 3"):
        assert part in text


def test_an_error_of_the_cell_itself_comes_before_what_follows_from_it(settings: Settings) -> None:
    text = words(page(settings, "dan"))
    begin = text[text.index("Where to begin") :]
    assert "Your cell ends with an error when it runs. Mend that first." in begin
    assert begin.index("SyntaxError") < begin.index("What you handed in")
    assert "Mend that first" not in words(page(settings, "cy"))


def test_every_check_stands_there_with_its_verdict(settings: Settings) -> None:
    for student in ("ada", "ben", "cy", "eve"):
        text = words(page(settings, student))
        record = records.of_student(settings.folder("autograded"), student, LAB)
        for cell in record.cells:
            for check in cell.checks:
                assert check.title in text
                assert f"{check.points:g} / {check.max_points:g}" in text
                if check.verdict is Outcome.ERROR:
                    assert "double stopped with ZeroDivisionError." in text


@pytest.mark.parametrize("reveal", ["nothing", "message", "counterexample"])
def test_no_more_is_shown_than_the_course_reveals(settings: Settings, reveal: str) -> None:
    text = words(page(settings.override(reveal=reveal), "ben"))
    assert ("double gives another value" in text) == (reveal != "nothing")
    record = records.of_student(settings.folder("autograded"), "ben", LAB)
    evidence = record.cell("test_double").checks[1].evidence
    assert evidence is not None
    for hidden in (evidence.call, evidence.expected):
        assert (hidden in text) == (reveal == "counterexample")


def test_what_a_ta_decided_is_what_counts(settings: Settings) -> None:
    as_a_ta(settings, "eve", "answer_why", manual_score=4.5, needs_manual_grade=False)
    as_a_ta(settings, "eve", "answer_why", manual_comment="Say *why*. <script>alert(1)</script>")
    as_a_ta(settings, "eve", "test_mean", manual_score=5, extra_credit=0.5)
    html = page(settings, "eve")
    text = words(html)
    assert "10 of 15 points" in text
    assert "4.5 of 5 points, by hand" in text
    assert "The checks gave 0; your teaching assistant decided otherwise." in text
    assert "Your teaching assistant writes Say why ." in text
    assert "Say <em>why</em>. &lt;script&gt;" in html
    grade(settings)
    assert "4.5 of 5 points, by hand" in words(page(settings, "eve")), "it survives a regrade"


def test_what_lateness_costs_is_said(settings: Settings) -> None:
    hand_in(settings.root, "ada", RIGHT, timestamp="2027-02-02 08:00:00 UTC")
    with (settings.root / "course_config.py").open("a", encoding="utf-8") as file:
        file.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    grade(settings)
    text = words(page(settings, "ada"))
    assert "0 of 15 points" in text
    assert "− 10 for handing in late" in text


def test_a_stated_zero_says_why_once(settings: Settings) -> None:
    text = words(page(settings, "dee"))
    assert "This could not be graded" in text
    assert "0 of 15 points" in text
    assert text.count("The file is no notebook") == 1


def test_a_fault_of_ours_is_no_zero(settings: Settings) -> None:
    path = settings.folder("autograded") / "ada" / LAB / "record.json"
    fields = {"student": "ada", "lab": LAB, "status": "ungraded", "reason": "A disk broke."}
    path.write_text(json.dumps({**fields, "schema": 1, "max_points": 15}), encoding="utf-8")
    text = words(page(settings, "ada"))
    assert "Not graded yet, through no fault of yours" in text
    assert "A disk broke." in text
    assert "0 of 15" not in text


BROKEN = {
    "missing": (lambda path: path.unlink(), "There is no"),
    "another version": (
        lambda path: path.write_text('{"schema": 7}', encoding="utf-8"),
        "a record of version 7, and this course reads 1",
    ),
    "no json": (lambda path: path.write_text("{", encoding="utf-8"), "is no JSON"),
    "nonsense": (lambda path: path.write_text("[]", encoding="utf-8"), "is no record"),
    "somebody else's": (
        lambda path: path.write_bytes((path.parents[2] / "ben" / LAB / path.name).read_bytes()),
        "the record of 'ben'",
    ),
    "no notebook": (lambda path: path.with_name(f"{LAB}.ipynb").unlink(), "cannot be read"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_record_that_cannot_be_used_gives_a_page_that_says_so(
    settings: Settings, how: str
) -> None:
    break_it, sentence = BROKEN[how]
    break_it(settings.folder("autograded") / "ada" / LAB / "record.json")
    written = feedback.write(settings, LAB)
    assert sentence in written.problems["ada"]
    assert list(written.problems) == ["ada"]
    assert len(written.pages) == 6
    text = words(feedback.page(settings, LAB, "ada").read_text(encoding="utf-8"))
    assert "There are no marks to show yet" in text
    assert "This is not a mark of zero." in text
    assert str(settings.root) not in text, "paths are the instructor's business"


def test_who_was_not_graded_yet_is_told_so(settings: Settings) -> None:
    hand_in(settings.root, "zoe", RIGHT)
    written = feedback.write(settings, LAB)
    assert list(written.problems) == ["zoe"]
    html = feedback.page(settings, LAB, "zoe").read_text(encoding="utf-8")
    assert feedback.NOT_GRADED in words(html)


def test_a_page_that_we_cannot_make_stops_no_other(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = feedback.student_page.render

    def broken(what: feedback.Feedback) -> str:
        if what.record.student == "ben":
            raise RuntimeError("a bug")
        return make(what)

    monkeypatch.setattr(feedback.student_page, "render", broken)
    written = feedback.write(settings, LAB)
    assert "a bug" in written.problems["ben"]
    assert len(written.pages) == 6


def test_no_gradebook_is_no_obstacle(settings: Settings) -> None:
    (settings.root / "gradebook.db").unlink()
    assert "10 of 10 points" in words(page(settings, "ada"))
    assert not (settings.root / "gradebook.db").exists(), "a page makes none"


def test_what_nbgraders_exchange_needs_lies_beside_a_page(settings: Settings) -> None:
    secret = settings.folder("submitted") / "ben" / LAB / "submission_secret.txt"
    secret.write_text("hush", encoding="utf-8")
    feedback.write(settings, LAB)
    lying = sorted(each.name for each in feedback.page(settings, LAB, "ben").parent.iterdir())
    assert lying == ["submission_secret.txt", "timestamp.txt", f"{LAB}.html"]


def test_no_link_and_no_large_file_is_copied_beside_a_page(settings: Settings) -> None:
    handed_in = settings.folder("submitted") / "ben" / LAB
    for name in feedback.FOR_RELEASE:
        (handed_in / name).unlink(missing_ok=True)
    (handed_in / "timestamp.txt").symlink_to(settings.root / "tests" / LAB / "test_mean.py")
    (handed_in / "submission_secret.txt").write_text("x" * 5_000, encoding="utf-8")
    feedback.write(settings, LAB)
    lying = [each.name for each in feedback.page(settings, LAB, "ben").parent.iterdir()]
    assert lying == [f"{LAB}.html"]


def test_nobody_graded_is_one_sentence(settings: Settings) -> None:
    shutil.rmtree(settings.folder("autograded"))
    refused(lambda: feedback.write(settings, LAB), "Nothing of 'tiny' is graded")


def test_no_other_student_and_no_check_stand_in_a_page(settings: Settings) -> None:
    html = page(settings, "ben")
    for name in ("ada", "eve", "dee"):
        assert not re.search(rf"\b{name}\b", words(html))
    for secret in ("rng.uniform", "should_be", "pytest", "a secret of the tests", "x + x"):
        assert secret not in html


def test_what_cannot_be_put_beside_one_page_stops_no_other(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = feedback.students(settings, LAB)

    def refuse(source: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(source))

    (settings.folder("submitted") / "ada" / LAB / "timestamp.txt").write_text(
        "2027-01-30 08:00 UTC"
    )
    monkeypatch.setattr("course.feedback.shutil.copyfile", refuse)
    written = feedback.write(settings, LAB)
    assert len(written.pages) == len(everybody)
    assert "ada" in written.lacking
    assert "Permission denied" in written.lacking["ada"]
