"""A class of mangled notebooks and honest students: exact marks, the sentence, nobody disturbed."""

from __future__ import annotations

import importlib.util
import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import tiny

from course import feedback
from course.config import Settings, load_settings
from course.grading import Grader
from course.lab import Lab
from course.record import Record
from course.release import release


def _cases() -> ModuleType:
    path = Path(__file__).parents[1] / "zoo" / "colab" / "cases.py"
    spec = importlib.util.spec_from_file_location("zoo_colab_cases", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CASES = _cases().CASES
ANSWER = {"answer_why": "One divides nothing away."}
HONEST = {
    "aa-first": ({**tiny.RIGHT, **ANSWER}, (4, 6)),
    "mm-middle": (tiny.HALF, (1, 2.5)),
    "zz-last": ({**tiny.WRONG, **ANSWER}, (0, 0)),
}
# What must not be found in anything that is written: names, accounts, ids, and where they stood
PLANTED = (
    *("Ada Planted", "08154711081547110815", "photo-planted", "planted-output-id", "ABX9TyPLANTED"),
    *("1DrivePlantedFileId", "planted-mount-id", "ada.planted@example.org", "planted-account"),
    *("planted-widget", "planted-traceback", "planted-kernel"),
)


def with_personal_data(notebook: dict[str, Any]) -> bytes:
    """The notebook as Colab stores it for somebody who is signed in, badges and all."""
    user = {"displayName": "Ada Planted", "userId": "08154711081547110815"}
    colab = {"provenance": [{"file_id": "1DrivePlantedFileId", "timestamp": 1}]}
    link = "https://colab.research.google.com/drive/1DrivePlantedFileId?authuser=ada.planted@example.org"
    badge = "https://colab.research.google.com/assets/colab-badge.svg"
    html = f'<a href="{link}" target="_parent"><img src="{badge}" alt="Open In Colab"/></a>'
    notebook["metadata"] = {
        "colab": {
            **colab,
            "name": "Ada Planted.ipynb",
            "authorship_tag": "ABX9TyPLANTED",
            "mount_file_id": "planted-mount-id",
        },
        "kernelspec": {"name": "planted-kernel", "display_name": "planted-kernel"},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"planted-widget": {}}},
    }
    for cell in notebook["cells"]:
        cell["metadata"] |= {
            "executionInfo": {"user": {**user, "photoUrl": "photo-planted"}, "status": "ok"},
            "outputId": "planted-output-id",
            "colab": {"base_uri": "https://localhost:8080/", "referenced_widgets": ["planted"]},
        }
        cell["outputs"] = [
            {
                "output_type": "stream",
                "name": "stdout",
                "text": "Mounted for ada.planted@example.org",
            },
            {
                "output_type": "error",
                "ename": "E",
                "evalue": "",
                "traceback": ["planted-traceback"],
            },
        ]
    git = f"[![Open In Colab]({badge})](https://colab.research.google.com/github/planted-account/x)"
    top = {"cell_type": "markdown", "metadata": {"id": "view-in-github"}, "source": [html]}
    notebook["cells"][0]["source"] = git
    notebook["cells"][1]["source"] = f"{git}\n\n# My copy\n\nText of mine. {html}"
    notebook["cells"].insert(0, top)
    return json.dumps(notebook).encode()


@dataclass(frozen=True)
class Graded:
    """The whole class, after one run."""

    settings: Settings
    records: dict[str, Record]

    def written(self) -> Iterator[tuple[Path, bytes]]:
        """Everything that the run and the feedback wrote."""
        root = self.settings.root
        for top in ("autograded", "feedback", "gradebook.db"):
            for path in [root / top, *(root / top).rglob("*")]:
                if path.is_file():
                    yield path, path.read_bytes()


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """Everybody handed in, one run graded them, and their pages are written."""
    course = tiny.write_course(tmp_path_factory.mktemp("zoo"))
    with (course / "course_config.py").open("a", encoding="utf-8") as file:
        file.write("c.Limits.cell_cpu = 1.0\n")
    settings = load_settings(course)
    release(settings, tiny.LAB)
    for student, (sources, _) in HONEST.items():
        tiny.hand_in(course, student, sources)
    for case in CASES:
        _write(course, case.name, case.file_name, case.make(_solved(course)))
    _write(course, "planted", "tiny.ipynb", with_personal_data(_solved(course)))
    results = tiny.grade(settings)
    assert not results.faults
    feedback.write(settings, tiny.LAB)
    return Graded(settings, {record.student: record for record in results.records})


@pytest.fixture(scope="module")
def grader(graded: Graded) -> Iterator[Grader]:
    """A grader of its own, which meets one student alone."""
    with Grader(graded.settings, Lab.load(graded.settings, tiny.LAB)) as grader:
        yield grader


def _solved(course: Path) -> dict[str, Any]:
    """The notebook of a student who solved everything, each source one string."""
    notebook = tiny.filled(course, {**tiny.RIGHT, **ANSWER})
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def _write(course: Path, student: str, name: str, data: bytes) -> None:
    folder = course / "submitted" / student / tiny.LAB
    folder.mkdir(parents=True)
    (folder / name).write_bytes(data)


def marks(record: Record) -> tuple[float, float]:
    return record.cell("test_double").points, record.cell("test_mean").points


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_exact_marks_and_the_sentence(graded: Graded, case: Any) -> None:
    record = graded.records[case.name]
    hits = [hit for hit in record.limits_hit if case.says]
    told = [record.reason, *(each.sentence for each in (*record.repairs, *hits))]
    assert marks(record) == case.marks, told
    assert record.status == case.status
    assert any(case.says in sentence for sentence in told), told
    page = (graded.settings.root / "autograded" / case.name / "tiny" / "tiny.ipynb").read_text()
    summary = "".join(json.loads(page)["cells"][0]["source"])
    if case.status == "zero":
        assert case.says.split("'")[0] in summary
    for repair in record.repairs:
        assert repair.sentence.split("'")[0] in summary


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.says], ids=lambda case: case.name
)
def test_where_nothing_was_put_right_nothing_is_said(graded: Graded, case: Any) -> None:
    quiet = {"labels_lost_of_test_double", "cells_all_given_deleted"}
    if case.name not in quiet:
        assert not graded.records[case.name].repairs


@pytest.mark.parametrize("student", HONEST)
def test_honest_students_keep_their_marks(graded: Graded, grader: Grader, student: str) -> None:
    """As stated, in the gradebook too, and as if nobody else had handed in."""
    record = graded.records[student]
    sources, stated = HONEST[student]
    assert marks(record) == stated
    assert not record.repairs
    with closing(sqlite3.connect(graded.settings.root / "gradebook.db")) as gradebook:
        stored = gradebook.execute(
            "select sum(g.auto_score) from grade g join submitted_notebook n on n.id = "
            "g.notebook_id join submitted_assignment a on a.id = n.assignment_id "
            "where a.student_id = ? and g.needs_manual_grade = 0",
            (student,),
        ).fetchone()
    assert stored == (sum(stated),)
    notebook = json.dumps(tiny.filled(graded.settings.root, sources)).encode()
    assert grader.grade(student, notebook).record.cells == record.cells


def test_personal_data_is_in_nothing_that_is_written(graded: Graded) -> None:
    record = graded.records["planted"]
    assert marks(record) == (4, 6)
    written = dict(graded.written())
    pages = [path for path in written if "planted" in path.parts]
    assert {path.name for path in pages} >= {"tiny.ipynb", "record.json", "tiny.html"}
    assert any(b"Text of mine." in written[path] for path in pages)
    for path, data in written.items():
        for secret in PLANTED:
            assert secret.encode() not in data, f"{secret} is in {path.name}"


def test_what_is_planted_would_be_found(graded: Graded) -> None:
    """The words are in the submission, so that the test above looks for the right ones."""
    data = (graded.settings.root / "submitted" / "planted" / "tiny" / "tiny.ipynb").read_bytes()
    for secret in PLANTED:
        assert secret.encode() in data
