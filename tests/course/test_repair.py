"""Submissions put right against a small lab: where each cell ends up and what is said of it."""

from dataclasses import replace
from time import process_time

import pytest
from tiny_cells import DONE, LAB, SOLVED, STUB, bare, expected, handed_in, rules, sources

from course.submission.read import StudentCell
from course.submission.repair import repair


def test_an_honest_submission_needs_no_repair() -> None:
    repaired = repair(DONE, LAB)
    assert sources(repaired) == expected()
    assert not repaired.repairs
    assert repaired.found == 2


def test_the_empty_release_is_found_and_told_that_it_is_empty() -> None:
    repaired = repair(handed_in(), LAB)
    assert sources(repaired) == expected(STUB, "YOUR ANSWER HERE")
    assert (rules(repaired), repaired.found) == ([("untouched", "")], 2)


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


QUESTION = 4


@pytest.mark.parametrize("place", [QUESTION + 1, QUESTION + 2])
@pytest.mark.parametrize("kind", ["markdown", "code"])
def test_an_answer_beside_its_empty_cell_is_taken(place: int, kind: str) -> None:
    typed = StudentCell(kind, "# It is so" if kind == "code" else "It is so.")
    blank = handed_in(cost=SOLVED)
    repaired = repair([*blank[:place], typed, *blank[place:]], LAB)
    assert sources(repaired) == expected(answer=typed.source)
    assert rules(repaired) == [("adopted", "answer")]


def test_an_answer_below_the_question_in_its_cell_is_taken() -> None:
    typed = StudentCell("markdown", "Why?\n\nIt is so.", "", frozenset({"question"}))
    blank = handed_in(cost=SOLVED)
    repaired = repair([*blank[:QUESTION], typed, *blank[QUESTION + 1 :]], LAB)
    assert sources(repaired) == expected(answer=typed.source)


def test_an_older_question_is_no_answer() -> None:
    older = StudentCell("markdown", "Why not?", "", frozenset({"question"}))
    blank = handed_in(cost=SOLVED)
    repaired = repair([*blank[:QUESTION], older, *blank[QUESTION + 1 :]], LAB)
    assert sources(repaired) == [*expected()[:5], "Why not?", "YOUR ANSWER HERE"]


def test_code_beside_an_empty_answer_is_no_answer() -> None:
    scratch = StudentCell("code", "print(1)")
    assert sources(repair([*handed_in(cost=SOLVED), scratch], LAB))[-2:] == [
        "YOUR ANSWER HERE",
        "print(1)",
    ]


def test_a_label_counts_more_than_the_place_of_a_copy() -> None:
    note = StudentCell("markdown", "A note.")
    repaired = repair([*DONE[:5], note, *DONE[5:]], LAB)
    assert sources(repaired) == [*expected()[:5], "A note.", "Because."]
    assert not repaired.repairs


@pytest.mark.parametrize("mark", ["### BEGIN SOLUTION", "### BEGIN HIDDEN TESTS"])
def test_the_source_is_recognised(mark: str) -> None:
    source = f"def cost(x):\n    {mark}\n    return x" if "SOL" in mark else f"{SOLVED}\n{mark}"
    assert ("source", "") in rules(repair(handed_in(cost=source, answer="B."), LAB))


def test_empty_lines_take_no_time() -> None:
    before = process_time()
    repair([*DONE, *[StudentCell("code", "\n" * 65_000)] * 4], LAB)
    assert process_time() - before < 5  # and not one look at the rest for each of them


def test_many_broken_copies_are_not_all_tried_together() -> None:
    """Each with the next five, in two ways: twelve times the parser's time for the notebook."""
    broken = [f"def cost(x):\n    return {n}," + "f(a=1,*" * 100 + "=" for n in range(1_300)]
    before = process_time()
    repaired = repair([replace(DONE[2], source=each) for each in broken], LAB)
    assert process_time() - before < 8
    assert [source for source in sources(repaired) if source in broken] == broken


def test_a_split_solution_is_found_among_broken_copies() -> None:
    """The last that is worked on counts, so it is looked for from the end."""
    broken = [replace(DONE[2], source=f"def cost(x):\n    return ({n},") for n in range(200)]
    pieces = [replace(DONE[2], source="def cost(x):"), StudentCell("code", "    return x")]
    repaired = repair([*DONE[:2], *broken, *pieces, *DONE[3:]], LAB)
    assert SOLVED in sources(repaired)


def test_what_reading_left_out_is_said() -> None:
    cut = StudentCell("code", "# left out", said="A cell of your notebook was left out.")
    assert rules(repair([*DONE, cut], LAB)) == [("cut", "")]


def test_another_labs_notebook_is_not_found() -> None:
    assert repair([StudentCell("code", "def other(): ...")], LAB).found == 0


def test_every_repair_is_a_sentence() -> None:
    broken = bare([*DONE[4:], *DONE[:2], replace(DONE[3], source="100")])
    for each in repair(broken, LAB).repairs:
        assert each.sentence.endswith(".")
        assert each.cell in each.sentence
