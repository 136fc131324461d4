"""Submissions put right against a small lab: where each cell ends up and what is said of it."""

from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest

from course.errors import UnreadableSubmission
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


def split(source: str, at: int) -> list[StudentCell]:
    """A solution cell that was split: both halves keep the id, the first keeps the label."""
    ids = frozenset({"cost"})
    return [
        StudentCell("code", source[:at], "cost", ids),
        StudentCell("code", source[at:], "", ids),
    ]


LONG = 'def cost(x):\n    """Cost."""\n    y = 2 * x\n    return y / 2'


@pytest.mark.parametrize("at", [12, 16, 28, 29, 30, 42, 43, len(LONG) - 2])
@pytest.mark.parametrize("same_id", [True, False])
def test_a_split_solution_is_put_together(at: int, same_id: bool) -> None:
    first, second = split(LONG, at)
    second = second if same_id else replace(second, ids=frozenset())
    repaired = repair([*DONE[:2], first, second, *DONE[3:]], LAB)
    assert "".join(sources(repaired)[2].split()) == "".join(LONG.split())
    assert len(repaired.cells) == len(LAB.cells)
    assert rules(repaired) == [("split", "cost")]


def test_a_finished_function_is_not_joined_with_an_indented_cell() -> None:
    scratch = StudentCell("code", "    print(cost(3))")
    repaired = repair([*DONE[:3], scratch, *DONE[3:]], LAB)
    assert sources(repaired)[2:4] == [SOLVED, scratch.source]
    assert not repaired.repairs


def test_work_in_a_broken_cell_stays_before_what_is_taken_from_elsewhere() -> None:
    helper = "half = 0.5\ndef cost(x)\n    return"
    repaired = repair([*handed_in(cost=helper, answer="B."), StudentCell("code", SOLVED)], LAB)
    assert sources(repaired)[2:4] == [helper, SOLVED]


def test_a_comment_in_a_copied_stub_is_no_work() -> None:
    noted = StudentCell("code", STUB.replace("YOUR CODE HERE", "to do"), "cost")
    repaired = repair([*DONE[:3], noted, *DONE[3:]], LAB)
    assert sources(repaired)[2] in (SOLVED, noted.source)
    assert [cell.source for cell in repaired.cells if cell.lab_cell is LAB.cells[2]] == [SOLVED]


@pytest.mark.parametrize("body", ["pass", "...", '"""Mine."""', "raise NotImplementedError('x')"])
def test_a_function_that_does_nothing_is_not_taken_from_elsewhere(body: str) -> None:
    empty = StudentCell("code", f"def cost(x):\n    {body}")
    repaired = repair([*handed_in(answer="B."), empty], LAB)
    assert sources(repaired) == [*expected(STUB, "B."), empty.source]


def test_a_value_made_with_the_function_is_not_the_function() -> None:
    used = StudentCell("code", "cost = cost(3)")
    assert sources(repair([*handed_in(answer="B."), used], LAB))[2] == STUB


@pytest.mark.parametrize(
    "unusual",
    [
        "if np:\n    def cost(x):\n        return x",
        "try:\n    import numba\nexcept ImportError:\n    def cost(x):\n        return x",
        "    def cost(x):\n        return x",
        "\n\t# mine\n\n\tdef cost(x):\n\t    return x\n",
        "costs = {'mine': lambda x: x}\ncost = costs['mine']",
        "cost, other = lambda x: x, None",
        "cost = (lambda x: x) if np else None",
    ],
)
def test_an_unusual_solution_in_its_own_cell_counts_more_than_a_first_try_elsewhere(
    unusual: str,
) -> None:
    cells = handed_in(cost=unusual, answer="Because.")
    first_try = StudentCell("code", "def cost(x):\n    return -x")
    repaired = repair([*cells[:2], first_try, *cells[2:]], LAB)
    assert sources(repaired) == [*expected()[:2], first_try.source, unusual, *expected()[3:]]
    assert not repaired.repairs


@pytest.mark.parametrize(
    "own",
    [
        "cost = 4",
        "costs = [3]\ncost = costs[0]",
        "if np:\n    " + STUB.replace("\n", "\n    "),
        "    " + STUB.replace("\n", "\n    "),
        STUB + "\ncost = 4",
        "def helper(x):\n    return x",
    ],
)
def test_a_cell_without_a_function_of_that_name_leaves_it_to_another(own: str) -> None:
    cells = handed_in(cost=own, answer="Because.")
    repaired = repair([*cells[:2], StudentCell("code", SOLVED), *cells[2:]], LAB)
    assert rules(repaired) == [("adopted", "cost")]


def test_a_solution_in_the_cell_of_the_checks_is_not_lost() -> None:
    merged = handed_in(test_cost=SOLVED + "\nassert cost(1) == 1", answer="Because.")
    repaired = repair([cell for cell in merged if cell.grade_id != "cost"], LAB)
    assert sources(repaired) == expected(SOLVED + "\nassert cost(1) == 1")
    assert rules(repaired) == [("adopted", "cost"), ("restored", "test_cost")]


def test_what_was_added_to_a_given_cell_runs_before_it() -> None:
    mine = "import numpy as np\nfrom math import sqrt"
    repaired = repair(handed_in(setup=mine, cost=SOLVED, answer="Because."), LAB)
    assert sources(repaired) == ["# Lab", mine, *expected()[1:]]
    assert rules(repaired) == [("restored", "setup"), ("added", "setup")]


def test_a_copied_check_that_became_a_trial_stays_the_students_own() -> None:
    trial = StudentCell("code", "assert cost(7) == 7", "test_cost")
    repaired = repair([*DONE[:4], trial, *DONE[4:]], LAB)
    assert sources(repaired) == [*expected()[:4], trial.source, *expected()[4:]]
    assert not repaired.repairs


def test_a_copied_solution_that_became_a_trial_runs_where_it_stands() -> None:
    trial = StudentCell("code", "print(cost(7))", "cost")
    repaired = repair([*DONE, trial], LAB)
    assert sources(repaired) == [*expected(), trial.source]
    assert not repaired.repairs


def test_a_better_version_below_the_checks_is_told_that_it_does_not_count() -> None:
    again = StudentCell("code", "def cost(x):\n    return 1.0 * x")
    repaired = repair([*DONE, again], LAB)
    assert sources(repaired) == [*expected(), again.source]
    assert rules(repaired) == [("again", "cost")]


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


BIG = Lab(
    "big",
    tuple(
        cell
        for name in ("one", "two", "three", "four", "five")
        for cell in (
            lab_cell(
                name,
                "solution",
                f"def {name}(x):\n    raise NotImplementedError",
                f"def {name}(x):\n    return x",
            ),
            lab_cell(f"test_{name}", "grade", f"assert {name}(1)"),
        )
    ),
    Path("tests/big"),
    "",
)


def big(**changes: str) -> list[StudentCell]:
    return [
        StudentCell(cell.cell_type, changes.get(cell.id, cell.solution or cell.release), cell.id)
        for cell in BIG.cells
    ]


def at(repaired: Repaired, name: str) -> str:
    return next(c.source for c in repaired.cells if c.lab_cell and c.lab_cell.id == name)


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


def test_another_labs_notebook_is_not_found() -> None:
    assert repair([StudentCell("code", "def other(): ...")], LAB).found == 0


def test_every_repair_is_a_sentence() -> None:
    broken = bare([*DONE[4:], *DONE[:2], replace(DONE[3], source="100")])
    for each in repair(broken, LAB).repairs:
        assert each.sentence.endswith(".")
        assert each.cell in each.sentence
