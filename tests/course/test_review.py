"""`course review`: formgrader as a TA uses it, in a real browser, and what becomes of the marks."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from browsers import browser
from playwright.sync_api import Page
from tiny import LAB, RIGHT, forget_checks, grade, hand_in, refused, write_course

from course import feedback
from course.config import Settings, load_settings
from course.gradebook import Gradebook
from course.release import release
from course.reports.cohort.page import write_class_page
from course.review import review

RUBRIC = "Because it is divided by one."  # the answer in the source notebook
ANSWER = "One divides nothing away."
COMMENT = "Say what would happen with two numbers."


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A graded course of two, and a port for its formgrader."""
    folder = write_course(tmp_path_factory.mktemp("review"))
    with (folder / "course_config.py").open("a", encoding="utf-8") as file:
        file.write(f"c.Course.review_port = {free_port()}\n")
    settings = load_settings(folder)
    release(settings, LAB)
    hand_in(folder, "ada", {**RIGHT, "answer_why": ANSWER})
    hand_in(folder, "ben", {**RIGHT, "answer_why": "I do not know."})
    grade(settings)
    yield settings
    forget_checks()


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The address that `course review` prints; it is ended by Ctrl-C, and must end well."""
    command = [Path(sys.executable).with_name("course"), "review", LAB]
    process = subprocess.Popen(
        [*command, "--course-dir", settings.root],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        found = None
        lines = []
        while found is None and (line := process.stdout.readline()):
            lines.append(line)
            found = re.search(r"http://\S+", line)
        assert found, "".join(lines)
        yield found[0]
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=20)
        assert process.returncode == 0, said
        assert said.strip().startswith("Formgrader has ended."), said
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def open_answers(page: Page, settings: Settings, student: str) -> None:
    """Go from the class page to a student's notebook in formgrader."""
    page.goto((settings.root / "reports" / f"{LAB}.html").as_uri())
    page.get_by_role("link", name=f"mark {student}").click()
    page.locator("#answer_why").wait_for()
    page.locator("#answer_why_extra_credit[placeholder]").wait_for()  # it has asked for the marks
    page.locator("#answer_why-comment[placeholder]").wait_for()


def saved(page: Page, path: str) -> None:
    """Leave the field, and wait until formgrader has stored it."""
    with page.expect_response(lambda got: path in got.url and got.request.method == "PUT") as got:
        page.keyboard.press("Tab")
    assert got.value.ok


def words(settings: Settings, student: str) -> str:
    html = feedback.page(settings, LAB, student).read_text(encoding="utf-8")
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.slow
def test_a_ta_marks_an_answer_and_the_student_reads_it(course: Settings) -> None:
    write_class_page(course, LAB)
    with browser() as chrome, served(course) as address:
        with urlopen(address.partition("?")[0]) as refused_to:
            assert "/login" in refused_to.url, "nobody comes in without the token"
        page = chrome.new_page()
        mark(page, address, course)
        open_answers(page, course, "ada")
        assert page.locator("#answer_why").input_value() == "3.5", "still there when one comes back"
        assert page.locator("#answer_why-comment").input_value() == COMMENT
    feedback.write(course, LAB)
    read = words(course, "ada")
    assert COMMENT in read
    assert "3.5" in read
    assert RUBRIC not in read
    regraded(course)


def mark(page: Page, address: str, course: Settings) -> None:
    """Come in by the address, find the rubric, give a mark and a comment."""
    page.goto(address)
    page.locator("td a").first.wait_for()
    open_answers(page, course, "ada")
    rubric = page.locator("details", has_text="Model answer and rubric")
    assert rubric.count() == 1
    assert not rubric.get_by_text(RUBRIC).is_visible()
    rubric.locator("summary").click()
    assert rubric.get_by_text(RUBRIC).is_visible()
    assert page.get_by_text(ANSWER).is_visible()
    page.locator("#answer_why").fill("3.5")
    saved(page, "api/grade/")
    page.locator("#answer_why-comment").fill(COMMENT)
    saved(page, "api/comment/")


def regraded(course: Settings) -> None:
    """A new attempt with another answer: the mark stays, and wants another look."""
    hand_in(course.root, "ada", {**RIGHT, "answer_why": "Another answer."})
    grade(course)
    with Gradebook(course) as gradebook:
        cells = {cell.grade_id: cell for cell in gradebook.marks(LAB)["ada"].cells}
    assert cells["answer_why"].manual == 3.5
    assert cells["answer_why"].waits
    html = write_class_page(course, LAB).page.read_text(encoding="utf-8")
    assert "Graded again after they were marked: <a" in html
    feedback.write(course, LAB)
    assert "Another answer." in words(course, "ada")
    assert COMMENT in words(course, "ada")


@pytest.mark.slow
def test_the_rubric_is_in_nothing_that_students_get(course: Settings) -> None:
    feedback.write(course, LAB)
    for folder in ("release", "autograded", "feedback"):
        files = [path for path in (course.root / folder).rglob("*") if path.is_file()]
        assert files
        for path in files:
            assert RUBRIC not in path.read_text(encoding="utf-8"), path


@pytest.mark.slow
def test_a_port_that_is_taken_is_said(course: Settings) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", course.review_port))
        other.listen()
        refused(lambda: review(course, LAB), str(course.review_port), "c.Course.review_port")


def test_nothing_graded_is_said(tmp_path: Path) -> None:
    settings = load_settings(write_course(tmp_path))
    release(settings, LAB)
    refused(lambda: review(settings, LAB), "Nothing of tiny is graded")
