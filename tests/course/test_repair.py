"""Submissions put right against a small lab: where each cell ends up and what is said of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from course.lab import Kind, Lab, LabCell
from course.submission.read import StudentCell
from course.submission.repair import Repaired, repair

STUB = "def cost(x):\n    # YOUR CODE HERE\n    raise NotImplementedError"
SOLVED = "def cost(x):\n    return x"


def lab_cell(cell_id: str, kind: Kind, release: str, solution: str = "") -> LabCell:
    markdown = kind in ("text", "written")
    metadata = {} if kind == "text" else {"grade_id": cell_id}
    return LabCell(cell_id, kind, "markdown" if markdown else "code", release, solution, metadata)


LAB = Lab(
    "tiny",
    (
        lab_cell("intro", "text", "# Lab"),
        lab_cell("setup", "given", "import numpy as np"),
        lab_cell("cost", "solution", STUB, SOLVED),
        lab_cell("test_cost", "grade", "assert cost(1) == 1"),
        lab_cell("question", "text", "Why?"),
        lab_cell("answer", "written", "YOUR ANSWER HERE"),
    ),
    Path("tests/tiny"),
    "",
)


def handed_in(**changes: str) -> list[StudentCell]:
    """The release as a student returns it, with some cells changed."""
    return [
        StudentCell(cell.cell_type, changes.get(cell.id, cell.release), cell.grade_id, frozenset())
        for cell in LAB.cells
    ]


def bare(cells: list[StudentCell]) -> list[StudentCell]:
    return [replace(cell, grade_id="") for cell in cells]


def sources(repaired: Repaired) -> list[str]:
    return [cell.source for cell in repaired.cells]


def expected(cost: str = SOLVED, answer: str = "Because.") -> list[str]:
    return ["# Lab", "import numpy as np", cost, "assert cost(1) == 1", "Why?", answer]


def rules(repaired: Repaired) -> list[tuple[str, str]]:
    return [(each.rule, each.cell) for each in repaired.repairs]


DONE = handed_in(cost=SOLVED, answer="Because.")


def test_an_honest_submission_needs_no_repair() -> None:
    repaired = repair(DONE, LAB)
    assert sources(repaired) == expected()
    assert not repaired.repairs
    assert repaired.found == 2


def test_the_empty_release_is_found_and_needs_no_repair() -> None:
    repaired = repair(handed_in(), LAB)
    assert sources(repaired) == expected(STUB, "YOUR ANSWER HERE")
    assert (repaired.repairs, repaired.found) == ((), 2)


def test_without_metadata_cells_are_recognised_by_content_and_place() -> None:
    repaired = repair(bare(DONE), LAB)
    assert sources(repaired) == expected()
    assert rules(repaired) == [("relabelled", "cost"), ("relabelled", "answer")]


def test_colab_keeps_the_id_in_the_metadata() -> None:
    cells = [
        replace(cell, grade_id="", ids=frozenset({lab.id}))
        for cell, lab in zip(DONE, LAB.cells, strict=True)
    ]
    repaired = repair(cells, LAB)
    assert sources(repaired) == expected()
    assert not repaired.repairs


def test_locked_cells_come_from_the_lab() -> None:
    cells = handed_in(
        setup="np = None", cost=SOLVED, test_cost="assert True\n100", answer="Because."
    )
    repaired = repair(cells, LAB)
    assert sources(repaired) == expected()
    assert rules(repaired) == [("restored", "setup"), ("restored", "test_cost")]


@pytest.mark.parametrize("gone", ["setup", "cost", "test_cost", "answer"])
def test_deleted_cells_come_back(gone: str) -> None:
    repaired = repair([cell for cell in DONE if cell.grade_id != gone], LAB)
    assert len(repaired.cells) == len(LAB.cells)
    assert rules(repaired) == [("missing", gone)]


@pytest.mark.parametrize("worked_first", [True, False])
def test_of_two_copies_the_worked_one_counts(worked_first: bool) -> None:
    stub = StudentCell("code", STUB, "cost")
    place = 3 if worked_first else 2
    repaired = repair([*DONE[:place], stub, *DONE[place:]], LAB)
    assert sources(repaired) == expected()
    assert rules(repaired) == [("copied", "cost")]


def test_of_two_worked_copies_the_last_counts_and_the_first_runs_before_it() -> None:
    other = StudentCell("code", "helper = 1\ndef cost(x):\n    return helper", "cost")
    repaired = repair([*DONE[:2], other, *DONE[2:]], LAB)
    assert sources(repaired) == [*expected()[:2], other.source, *expected()[2:]]


def test_two_answers_are_joined() -> None:
    repaired = repair([*DONE, StudentCell("markdown", "And so.", "answer")], LAB)
    assert sources(repaired)[-1] == "Because.\n\nAnd so."


def test_a_solution_typed_below_the_checks_is_taken_to_its_place() -> None:
    cells = [*handed_in(answer="Because."), StudentCell("code", SOLVED)]
    repaired = repair(cells, LAB)
    assert sources(repaired) == expected()
    assert rules(repaired) == [("adopted", "cost")]


def test_moved_cells_go_back() -> None:
    repaired = repair([*DONE[3:], *DONE[:3]], LAB)
    assert sources(repaired) == expected()
    assert rules(repaired) == [("moved", "")]


def test_retyped_cells_are_turned_back() -> None:
    cells = [replace(cell, cell_type="markdown") for cell in DONE]
    repaired = repair(cells, LAB)
    assert [cell.cell_type for cell in repaired.cells] == [cell.cell_type for cell in LAB.cells]
    assert rules(repaired) == [("retyped", each) for each in ("setup", "cost", "test_cost")]


def test_the_students_own_cells_stay_where_they_stood() -> None:
    scratch = StudentCell("code", "print(1)")
    for place in range(len(DONE) - 1):  # right after the question it would be the answer
        repaired = repair([*DONE[:place], scratch, *DONE[place:]], LAB)
        assert sources(repaired)[place] == "print(1)"
        assert not repaired.repairs


def test_what_was_typed_into_the_text_is_kept_beside_it() -> None:
    repaired = repair(
        [StudentCell("markdown", "my notes", "", frozenset({"intro"})), *DONE[1:]], LAB
    )
    assert sources(repaired)[:2] == ["# Lab", "my notes"]


def test_another_labs_notebook_is_not_found() -> None:
    assert repair([StudentCell("code", "def other(): ...")], LAB).found == 0


def test_every_repair_is_a_sentence() -> None:
    broken = bare([*DONE[4:], *DONE[:2], replace(DONE[3], source="100")])
    for each in repair(broken, LAB).repairs:
        assert each.sentence.endswith(".")
        assert each.cell in each.sentence
