"""The class page and the index: what stands on them, and what they say when something is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from gradebooks import as_a_ta, graded_class, new_gradebook, store
from made_up import Work, course_of, write
from tiny import LAB, refused

from course.cli import main
from course.config import Settings
from course.gradebook import Gradebook
from course.lab import Lab
from course.record import LimitHit, Outcome, Record, Repair, Status
from course.reports.cohort.page import write_class_page, write_index
from course.reports.cohort.reading import read_cohort

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return course_of(tmp_path)


def lab_of(settings: Settings) -> Lab:
    return Lab.load(settings, "lab1")


def put(settings: Settings, *works: Work) -> None:
    write(settings, lab_of(settings), works)


def page(settings: Settings, lab: str = "lab1") -> str:
    return write_class_page(settings, lab).page.read_text(encoding="utf-8")


def section(html: str, name: str) -> str:
    """One section's words, without tags."""
    found = re.search(rf'aria-labelledby="{name}">(.*?)</section>', html, re.DOTALL)
    assert found, f"no section {name}"
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def rows(html: str) -> dict[str, str]:
    table = html[html.index('id="table"') :]
    found = re.findall(r"<tr data-is=\"([^\"]*)\">(.*?)</tr>", table, re.DOTALL)
    texts = [(" ".join(re.sub(r"<[^>]+>", " ", row).split()), tags) for tags, row in found]
    return {text.split()[0]: f"{text} | {tags}" for text, tags in texts}


def test_the_page_counts_scores_checks_and_mistakes(settings: Settings) -> None:
    wrong = {"test_first_component": Outcome.FAILED, "test_step_size": Outcome.ERROR}
    put(
        settings,
        Work("ada"),
        Work("bo", {}, wrong, {"test_gradient": "factor_2_missing"}),
        Work("cy", {}, wrong),
    )
    html = page(settings)
    assert "factor_2_missing in gradient The mistake factor_2_missing. 1 student bo" in section(
        html, "mistakes"
    )
    assert "1 no name in gradient" in section(html, "mistakes")
    assert "1 of 3 too few 2 not right bo, cy" in section(html, "checks")
    assert "1 of 3 too few 2 stopped bo, cy" in section(html, "checks")
    assert "3 students" in section(html, "scores")
    assert "median 77 of 84" in html
    assert "bo 77" in rows(html)["bo"]


def test_discrimination_is_shown_where_there_are_enough(settings: Settings) -> None:
    failed = {"test_first_component": Outcome.FAILED, "test_step_size": Outcome.FAILED}
    put(settings, *(Work(f"s{k:02}", {}, failed if k % 2 else {}) for k in range(20)))
    words = section(page(settings), "checks")
    assert "10 of 20 1.00 10 not right" in words
    assert "20 of 20 all passed nobody" in words
    assert "too few" not in words


def test_trouble_is_said_with_names(settings: Settings) -> None:
    lab = lab_of(settings)
    nothing = {"cells": (), "points": 0.0}
    put(
        settings,
        Work("zed", parts={**nothing, "status": Status.ZERO, "reason": "The file is empty."}),
        Work("una", parts={**nothing, "status": Status.UNGRADED, "reason": "It fell over."}),
        Work("bare", parts={"isolation": {"tier": "none", "not_prevented": ["anything"]}}),
        Work("old", parts={"source_hash": "another", "versions": {"numpy": "1.26"}}),
        Work(
            "rue",
            parts={
                "repairs": (Repair(rule="missing", cell="x", sentence="x was put back."),),
                "limits_hit": (LimitHit(limit="cell_cpu", where="x", sentence="x ran out."),),
                "timings": {"run": 77.0},
            },
        ),
    )
    html = page(settings)
    first = section(html, "first")
    assert "Not everybody ran under the same isolation (bwrap: 2, none: 1)" in first
    assert "1 submission ran without isolation" in first
    assert "Not graded, through a fault of the grader: una. It fell over." in first
    assert "1 of 5 were graded with another version of the lab" in first
    assert "lab, numpy" in first
    assert "There is no gradebook (gradebook.db) yet" in first
    assert "set c.Course.secret" in first
    run = section(html, "run")
    assert "The file is empty. 1 student zed" in run
    assert "cell_cpu : such as: x ran out. 1 student rue" in run
    assert "missing : such as: x was put back. 1 student rue" in run
    assert "rue 77.00 s" in run
    assert "repaired" in rows(html)["rue"]
    assert lab.source_hash not in html


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.unlink(), "record.json: run"),
        (lambda path: path.write_text("{", encoding="utf-8"), "is no JSON"),
        (lambda path: path.write_text("[]", encoding="utf-8"), "is no record (as a whole"),
        (lambda path: path.write_bytes(b"\xff\xfe\x00"), "is no JSON"),
        (lambda path: changed(path, schema=2), "is a record of version 2, and this course reads 1"),
        (lambda path: changed(path, lab="lab9"), "is the record of &#39;bo&#39; in &#39;lab9&#39;"),
        (
            lambda path: changed(path, student="eve"),
            "is the record of &#39;eve&#39; in &#39;lab1&#39;",
        ),
        (lambda path: changed(path, points=500), "is no record"),
        (lambda path: (path.unlink(), path.mkdir()), "cannot be read (Is a directory)"),
    ],
)
def test_nobody_is_dropped_silently(settings, capsys, spoil, words: str) -> None:
    put(settings, Work("ada"), Work("bo"))
    spoil(settings.folder("autograded") / "bo" / "lab1" / "record.json")
    with pytest.raises(SystemExit) as ended:
        main(["report", "lab1", "--course-dir", str(settings.root)])
    assert ended.value.code == 1
    said = capsys.readouterr()
    assert "bo: " in said.err
    html = (settings.root / "reports" / "lab1.html").read_text(encoding="utf-8")
    assert words in html
    assert words.replace("&#39;", "'") in said.err
    assert "ada" in rows(html)
    assert "bo" not in rows(html)


def changed(path: Path, **parts: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | parts), encoding="utf-8")


def test_who_handed_in_and_was_not_graded_is_listed(settings: Settings) -> None:
    put(settings, Work("ada"))
    (settings.folder("submitted") / "late-lee" / "lab1").mkdir(parents=True)
    (settings.folder("submitted") / "elsewhere" / "lab9").mkdir(parents=True)
    first = section(page(settings), "first")
    assert "late-lee : Handed in and never graded" in first
    assert "elsewhere" not in first


def test_an_unreadable_notebook_is_said_and_its_marks_stay(settings: Settings) -> None:
    put(settings, Work("ada"), Work("bo"))
    (settings.folder("autograded") / "bo" / "lab1" / "lab1.ipynb").write_text("no", "utf-8")
    html = page(settings)
    assert "bo : lab1.ipynb cannot be read, so it is compared to none." in section(html, "first")
    assert "bo 84" in rows(html)["bo"]


def test_without_any_record_there_is_no_page(settings, capsys) -> None:
    refused(lambda: read_cohort(settings, "lab1"), "Nothing of lab1 is graded", "course autograde")
    with pytest.raises(SystemExit) as ended:
        main(["report", "lab1", "--course-dir", str(settings.root)])
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (settings.root / "reports").exists()
    refused(lambda: write_class_page(settings, "lab9"), "There is no lab 'lab9'")


def test_what_students_wrote_stays_text(settings: Settings) -> None:
    put(
        settings,
        Work(HOSTILE.replace("/", "⁄"), {"gradient_descent": f"{HOSTILE}\n" * 40}),
        Work("b'\"&", {"gradient_descent": f"{HOSTILE}\n" * 40}),
        Work("zed", parts={"status": Status.ZERO, "cells": (), "points": 0, "reason": HOSTILE}),
    )
    html = page(settings)
    assert html.count("<script>") == 1, "the page's own"
    assert "&lt;script&gt;" in section(html, "similar")
    assert "alert(1)</script>" not in html


def test_written_answers_wait_are_marked_and_wait_for_another_look(tmp_path: Path) -> None:
    settings = new_gradebook(tmp_path / "gradebook.db")
    with_records(settings)
    store(settings, graded_class().first)
    answers = section(page(settings, LAB), "answers")
    assert "To mark 4 To look at again 0 Marked 0 Not answered 5" in answers
    as_a_ta(settings, "cy", "answer_why", manual_score=3.5, needs_manual_grade=False)
    answers = section(page(settings, LAB), "answers")
    assert "To mark 3 To look at again 0 Marked 1 mean 3.5 Not answered 5" in answers
    store(settings, {"cy": graded_class().first["cy"]})
    html = page(settings, LAB)
    assert "To mark 3 To look at again 1 Marked 1 mean 3.5" in section(html, "answers")
    assert "again" in rows(html)["cy"].partition("|")[2]
    assert "eli by 2.5 days" in section(html, "run")
    assert "Because it is divided by one." in section(html, "answers"), "the model answer"


def test_rows_lead_to_formgrader_and_to_the_students_page(tmp_path: Path) -> None:
    settings = new_gradebook(tmp_path / "gradebook.db")
    with_records(settings)
    store(settings, graded_class().first)
    with Gradebook(settings) as gradebook:
        known = gradebook.marks(LAB)["ada"].notebook_id
    written = settings.folder("feedback") / "ada" / LAB / f"{LAB}.html"
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text("", encoding="utf-8")
    html = page(settings, LAB)
    assert f'href="http://127.0.0.1:8901/formgrader/submissions/{known}/"' in html
    assert f'<a href="../feedback/ada/{LAB}/{LAB}.html">ada</a>' in html
    assert f'href="http://127.0.0.1:8901/formgrader/gradebook/{LAB}/{LAB}"' in html
    assert ">ben</a>" not in html.replace('/">ben</a>', ""), "his page is not written"


def with_records(settings: Settings) -> None:
    for student, (record, notebook, _) in graded_class().first.items():
        folder = settings.folder("autograded") / student / LAB
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "record.json").write_text(record.to_json(), encoding="utf-8")
        (folder / f"{LAB}.ipynb").write_text(notebook, encoding="utf-8")


def test_the_index_leads_to_every_lab(settings: Settings) -> None:
    html = write_index(settings).read_text(encoding="utf-8")
    assert "Nothing of lab1 is graded" in html
    assert 'href="lab1.html"' not in html
    put(settings, Work("ada"), Work("bo", {}, {"test_step_size": Outcome.FAILED}))
    index = write_class_page(settings, "lab1").index.read_text(encoding="utf-8")
    assert '<a href="lab1.html">lab1</a>' in index
    assert "82.5 / 84" in index
    assert "2027-02-01 23:59 UTC" in index


def test_a_page_stays_until_the_next_one_is_whole(settings: Settings, monkeypatch) -> None:
    put(settings, Work("ada"))
    before = page(settings)
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    refused(lambda: write_class_page(settings, "lab1"), "cannot be written (full)")
    reports = settings.root / "reports"
    assert (reports / "lab1.html").read_text(encoding="utf-8") == before
    assert sorted(path.name for path in reports.iterdir()) == ["index.html", "lab1.html"]


def test_the_page_says_the_same_twice(settings: Settings) -> None:
    put(settings, *(Work(f"s{k}", {"cost": "def cost(): pass"}) for k in range(5)))
    assert page(settings) == page(settings)


def test_records_are_what_the_tests_take_them_for(settings: Settings) -> None:
    put(settings, Work("ada"))
    text = (settings.folder("autograded") / "ada" / "lab1" / "record.json").read_text()
    assert Record.from_json(text).points == 84
