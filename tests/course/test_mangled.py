"""Thousands of mutated notebooks: reading and repairing keep their promises on every one.

Each ends in cells or in one sentence; every cell of the lab stands in its place once; what a
student wrote is taken whole or not at all; and no solution that is anywhere in it gets lost.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
import tiny
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from mangled import changes, dressed, dresses, mangle

from course.cellcode import study
from course.config import load_settings
from course.errors import UnreadableSubmission
from course.grading import Grader
from course.lab import Lab, LabCell
from course.record import Record, Status
from course.release import release
from course.reports.notebook import render
from course.submission.desk import is_work
from course.submission.read import StudentCell, read
from course.submission.repair import Repaired, repair

ROOT = Path(__file__).parents[2]
CPU_SECONDS = 3.0  # for one notebook, on a machine that does other things as well

Json = dict[str, Any]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tiny.write_course(tmp_path_factory.mktemp("mangled"))
    release(load_settings(folder), tiny.LAB)
    return folder


@pytest.fixture(scope="module")
def tiny_lab(course: Path) -> Lab:
    return Lab.load(load_settings(course), tiny.LAB)


@pytest.fixture(scope="module")
def lab1() -> Lab:
    return Lab.load(load_settings(ROOT), "lab1")


def handed_in(lab: Lab, solved: bool) -> Json:
    """The lab as a notebook, with its solutions or its stubs."""
    cells = []
    for cell in lab.cells:
        metadata = {"nbgrader": dict(cell.metadata)} if cell.metadata else {}
        source = cell.solution if solved and cell.kind == "solution" else cell.release
        made = {"cell_type": cell.cell_type, "id": cell.id, "metadata": metadata, "source": source}
        cells.append(made)
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def promises_hold(lab: Lab, data: bytes) -> Repaired | None:
    """Read and repair, and hold the result to what is promised of it."""
    start = time.process_time()
    try:
        cells = read(data)
        repaired = repair(cells, lab)
    except UnreadableSubmission as refused:
        is_sentence(str(refused))
        return None
    finally:
        assert time.process_time() - start < CPU_SECONDS
    assert [each.lab_cell for each in repaired.cells if each.lab_cell] == list(lab.cells)
    for each in repaired.cells:
        if each.lab_cell is None:
            assert any(each.source == cell.source for cell in cells)
        elif each.lab_cell.kind != "solution":
            unmarked = each.lab_cell.kind == "written"
            assert unmarked or each.source == each.lab_cell.release
        else:
            is_verbatim(each.source, each.lab_cell, cells)
            is_kept(repaired, each.lab_cell, cells)
    for told in repaired.repairs:
        is_sentence(told.sentence)
    return repaired


def is_sentence(text: str) -> None:
    assert text.endswith(".")
    assert "\n" not in text


def is_verbatim(source: str, lab_cell: LabCell, cells: tuple[StudentCell, ...]) -> None:
    """A solution is the stub, a word about where it stands, or what the student wrote."""
    if source == lab_cell.release or source.startswith(f"# Your solution of {lab_cell.grade_id} "):
        return
    texts = [cell.source for cell in cells]
    if source in texts:
        return
    stripped = "".join(source.split())
    pieces = ["".join(text.split()) for text in texts]
    assert any(
        "".join(pieces[first:last]) == stripped
        for first in range(len(pieces))
        for last in range(first + 2, first + 7)
    ), "a solution is put together from cells that did not stand side by side"


def is_kept(repaired: Repaired, lab_cell: LabCell, cells: tuple[StudentCell, ...]) -> None:
    """If the student solved an exercise anywhere, a solution runs at or above its place."""
    if any(is_work(cell.source, lab_cell) for cell in cells):
        last = next(n for n, each in enumerate(repaired.cells) if each.lab_cell is lab_cell)
        assert repaired.cells[last].source != lab_cell.release
        defining = [
            each.source
            for each in repaired.cells[: last + 1]
            if each.cell_type == "code" and lab_cell.defines <= study(each.source).names
        ]
        assert is_work(defining[-1], lab_cell)


calm = settings(
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)
some, many_of_tiny, many_of_lab1 = (
    settings(calm, max_examples=750),
    settings(calm, max_examples=12_000),
    settings(calm, max_examples=8_000),
)


@some
@given(st.booleans(), changes, dresses)
def test_mangled_tiny(tiny_lab: Lab, solved: bool, done: Any, dress: Any) -> None:
    promises_hold(tiny_lab, dressed(mangle(handed_in(tiny_lab, solved), done), dress))


@some
@given(st.booleans(), changes, dresses)
def test_mangled_lab1(lab1: Lab, solved: bool, done: Any, dress: Any) -> None:
    promises_hold(lab1, dressed(mangle(handed_in(lab1, solved), done), dress))


@pytest.mark.slow
@many_of_tiny
@given(st.booleans(), changes, dresses)
def test_12000_mangled_tiny(tiny_lab: Lab, solved: bool, done: Any, dress: Any) -> None:
    promises_hold(tiny_lab, dressed(mangle(handed_in(tiny_lab, solved), done), dress))


@pytest.mark.slow
@many_of_lab1
@given(st.booleans(), changes, dresses)
def test_8000_mangled_lab1(lab1: Lab, solved: bool, done: Any, dress: Any) -> None:
    promises_hold(lab1, dressed(mangle(handed_in(lab1, solved), done), dress))


@pytest.fixture(scope="module")
def grader(course: Path, tiny_lab: Lab) -> Iterator[Grader]:
    with Grader(load_settings(course), tiny_lab) as grader:
        yield grader


@pytest.mark.slow
@settings(calm, max_examples=300)
@given(changes, dresses)
def test_300_mangled_notebooks_are_graded(grader: Grader, done: Any, dress: Any) -> None:
    """Each ends with a record, and with a notebook that Jupyter opens."""
    data = dressed(mangle(handed_in(grader.lab, solved=True), done), dress)
    graded = grader.grade("ada", data)
    record = graded.record
    assert Record.from_json(record.to_json()).to_json() == record.to_json()
    assert record.status in (Status.GRADED, Status.ZERO)
    assert [cell.grade_id for cell in record.cells] == ["test_double", "test_mean", "answer_why"]
    assert record.reason or record.status is Status.GRADED
    nbformat.validate(json.loads(render(graded, grader.settings)))
