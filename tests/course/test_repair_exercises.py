"""Solutions of several exercises put right: in one cell, in each other's, in another lab's."""

from dataclasses import replace

import pytest
from tiny_cells import BIG, DONE, LAB, STUB, at, bare, big, handed_in, rules, sources

from course.errors import UnreadableSubmission
from course.submission.read import StudentCell
from course.submission.repair import repair


def test_many_changes_of_one_kind_are_one_sentence() -> None:
    older = {f"test_{name}": "assert True" for name in ("one", "two", "three", "four")}
    (told,) = repair(big(**older), BIG).repairs
    assert told.rule == "restored"
    assert told.sentence.startswith("4 given cells differ from this edition of the lab")
    (told,) = repair([cell for cell in big() if "test" not in cell.grade_id], BIG).repairs
    assert told.sentence.startswith("5 given cells were missing ('test_one', ")
    (told,) = repair(bare(big()), BIG).repairs
    assert told.sentence.startswith("5 cells had lost their labels")


def test_two_solutions_in_the_first_cell_run_once() -> None:
    both = "def one(x):\n    return x\ndef two(x):\n    return x"
    for cells in (
        big(one=both, two=BIG.cells[2].release),
        [c for c in big(one=both) if c.grade_id != "two"],
    ):
        repaired = repair(cells, BIG)
        assert at(repaired, "one") == both
        assert at(repaired, "two") == "# Your solution of two stands in the cell one above."
        assert rules(repaired) == [("merged", "two")]


def test_two_solutions_in_the_second_cell_run_for_both() -> None:
    both = "def one(x):\n    return x\ndef two(x):\n    return x"
    repaired = repair(big(one=BIG.cells[0].release, two=both), BIG)
    assert (at(repaired, "one"), at(repaired, "two")) == (both, both)
    assert rules(repaired) == [("merged", "one")]


def test_all_solutions_in_one_new_cell_at_the_bottom() -> None:
    everything = "\n".join(cell.solution for cell in BIG.cells if cell.solution)
    blank = [StudentCell(cell.cell_type, cell.release, cell.id) for cell in BIG.cells]
    repaired = repair([*blank, StudentCell("code", everything)], BIG)
    assert at(repaired, "one") == everything
    assert [cell.source for cell in repaired.cells].count(everything) == 1
    assert len(repaired.cells) == len(BIG.cells)
    assert [rule for rule, _ in rules(repaired)] == ["adopted", *["merged"] * 4]


@pytest.mark.parametrize("taken", ["def two(x):\n    pass", "two = 4", "import two"])
def test_a_solution_above_runs_again_when_its_name_was_taken_since(taken: str) -> None:
    both = "def one(x):\n    return x\ndef two(x):\n    return x"
    cells = big(one=both, two=taken if "def" in taken else BIG.cells[2].release)
    scratch = [] if "def" in taken else [StudentCell("code", taken)]
    assert at(repair([*cells[:2], *scratch, *cells[2:]], BIG), "two") == both


def test_a_value_of_that_name_is_no_solution() -> None:
    scratch = StudentCell("code", "cost = 4")
    assert sources(repair([*handed_in(answer="B."), scratch], LAB))[2] == STUB
    assert not repair([*DONE, scratch], LAB).repairs


def test_solutions_in_each_others_cells_change_places() -> None:
    one, two = BIG.cells[0].solution, BIG.cells[2].solution
    repaired = repair(big(one=two, two=one), BIG)
    assert (at(repaired, "one"), at(repaired, "two")) == (one, two)


def test_a_cell_that_was_copied_with_its_label_for_another_exercise() -> None:
    two = BIG.cells[2].solution
    cells = big(two=BIG.cells[2].release)
    copy = StudentCell("code", two, "one")
    repaired = repair([*cells[:3], copy, *cells[3:]], BIG)
    assert at(repaired, "two") == two
    assert rules(repaired) == [("adopted", "two")]


def test_another_labs_notebook_is_refused_even_where_names_are_shared() -> None:
    other = [StudentCell("code", "def one(x):\n    return x", f"lab2-{n}") for n in range(4)]
    with pytest.raises(UnreadableSubmission, match="another lab: 4 of its exercises"):
        repair([*other, *big()[:2]], BIG)


def test_renamed_labels_alone_do_not_make_another_lab() -> None:
    renamed = [replace(cell, grade_id=f"x-{cell.grade_id}") for cell in big()]
    repaired = repair(renamed, BIG)
    assert [at(repaired, c.id) for c in BIG.cells] == [c.solution or c.release for c in BIG.cells]
