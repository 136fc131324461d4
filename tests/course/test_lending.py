"""One mistake is paid for once: exercises below it are judged with the lab's own solution lent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest

from course import lending
from course.lab import Kind, Lab, LabCell
from course.lending import better, lend
from course.record import CellRecord, CheckRecord, Diagnosis, Evidence, Outcome
from course.running import Executed
from course.sandbox.outcome import CellRun, Output
from course.submission.repair import Cell

# --- what is run once more -----------------------------------------------------------------------


def lab(*kinds: Kind) -> Lab:
    """A lab of cells called by their kinds and places; a solution defines a function so called."""
    return Lab("lab", tuple(_cell(kind, place) for place, kind in enumerate(kinds)), Path(), "")


def _cell(kind: Kind, place: int) -> LabCell:
    name = f"{kind}{place}"
    metadata = {"grade_id": name, "grade": kind == "grade", "points": 2}
    return LabCell(name, kind, "code", f"def {name}(): ...", f"def {name}(): right", metadata)


def nameless(a_lab: Lab, place: int) -> Lab:
    """The same lab, with a solution that defines nothing."""
    cells = list(a_lab.cells)
    cells[place] = replace(cells[place], release="", solution="print()")
    return replace(a_lab, cells=tuple(cells))


def judged(a_lab: Lab, **points: float) -> list[Executed]:
    """The lab as a student handed it in, worked on; grade cells got these points, or all."""
    return [_judged(cell, points.get(cell.grade_id, 2.0)) for cell in a_lab.cells]


def _judged(cell: LabCell, points: float) -> Executed:
    source = cell.release + " mine" * (cell.kind == "solution")
    record = None
    if cell.kind in ("grade", "written"):
        record = cell_record(cell.grade_id, points=points, manual=cell.kind == "written")
    return Executed(Cell(cell.cell_type, source, cell), None, record)


def cell_record(grade_id: str, *, points: float, manual: bool) -> CellRecord:
    if manual:
        return CellRecord(grade_id=grade_id, points=0, max_points=2, manual=True)
    checks = [check(f"check{i}", i < points) for i in range(2)]
    return CellRecord(grade_id=grade_id, points=points, max_points=2, checks=tuple(checks))


def check(name: str, passed: bool, *, is_lent: bool = False, said: str = "") -> CheckRecord:
    return CheckRecord(
        name=name,
        title=name,
        verdict=Outcome.PASSED if passed else Outcome.FAILED,
        points=float(passed),
        max_points=1,
        message=said,
        evidence=Evidence(got=said) if said else None,
        lent=is_lent,
    )


THREE = lab("given", "solution", "grade", "solution", "grade", "written", "solution", "grade")


def programs(a_lab: Lab, **points: float) -> list[list[str]]:
    """What is run once more: `name` as handed in, `=name` the lab's own solution."""
    return [
        [
            each.lab_cell.grade_id if each.lab_cell else "=" + each.source[4:].split("(")[0]
            for each in loan.program
        ]
        for loan in lend(a_lab, judged(a_lab, **points))
    ]


def names_lent(a_lab: Lab, handed_in: list[Executed]) -> dict[str, tuple[str, ...]]:
    """What each grade cell that is judged again was lent."""
    return {cell: loan.names for loan in lend(a_lab, handed_in) for cell in loan.grade_ids}


@pytest.mark.parametrize("points", [{}, {"grade2": 0}, {"grade4": 1}, {"grade7": 0}])
def test_nothing_is_run_again_unless_points_were_lost_below_a_mistake(
    points: dict[str, float],
) -> None:
    assert lend(THREE, judged(THREE, **points)) == ()


def test_a_right_solution_follows_each_exercise_that_lost_points() -> None:
    points = {"grade2": 1, "grade4": 1, "grade7": 0}
    assert names_lent(THREE, judged(THREE, **points)) == {
        "grade4": ("solution1",),
        "grade7": ("solution1", "solution3"),
    }
    assert programs(THREE, **points)[-1] == [
        *("given0", "solution1", "grade2", "=solution1"),
        *("solution3", "=solution1", "grade4", "=solution3", "written5"),
        *("solution6", "=solution1", "=solution3", "grade7"),
    ]


def test_no_exercise_is_judged_where_its_own_solution_or_a_later_one_was_run() -> None:
    first, last = programs(THREE, grade2=1, grade4=1, grade7=0)
    assert first == ["given0", "solution1", "grade2", "=solution1", "solution3", *last[5:7]]
    assert first[-1] == "grade4"
    first, last = programs(nameless(THREE, 3), grade2=1, grade4=1, grade7=0)
    assert (first[-1], last[-1]) == ("grade4", "grade7")
    assert "=print" not in " ".join(first)


def test_nothing_is_lent_to_what_takes_too_long_to_look_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lending, "FOR_A_PAGE", 0.0)
    assert lend(THREE, judged(THREE, grade2=1, grade4=1)) == ()


def test_what_earned_everything_is_neither_lent_nor_judged_again() -> None:
    assert programs(THREE, grade2=1, grade7=1) == [
        [
            *("given0", "solution1", "grade2", "=solution1", "solution3", "grade4", "written5"),
            *("solution6", "=solution1", "grade7"),
        ]
    ]


def test_nothing_is_run_below_the_last_cell_that_lost_points() -> None:
    assert programs(THREE, grade2=0, grade4=0)[-1][-1] == "grade4"


def test_cells_of_one_exercise_share_what_is_run() -> None:
    twice = lab("solution", "grade", "grade", "solution", "grade", "grade")
    assert lend(twice, judged(twice, grade1=0, grade2=0)) == ()
    points = {"grade1": 0, "grade2": 0, "grade4": 0, "grade5": 0}
    assert names_lent(twice, judged(twice, **points)) == {
        "grade4": ("solution0",),
        "grade5": ("solution0",),
    }
    (program,) = programs(twice, **points)
    assert program[:4] == ["solution0", "grade1", "grade2", "=solution0"]
    assert program[-1] == "grade5"


@pytest.mark.parametrize("added", ["", "\n", "\n# what is a mean?"])
def test_what_was_left_as_it_came_is_lent_but_not_judged_again(added: str) -> None:
    handed_in = judged(THREE, grade2=0, grade4=0, grade7=0)
    handed_in[3] = replace(
        handed_in[3], cell=Cell("code", THREE.cells[3].release + added, THREE.cells[3])
    )
    assert names_lent(THREE, handed_in) == {"grade7": ("solution1", "solution3")}


def test_no_exercise_is_lent_a_later_one_by_moving_it_up() -> None:
    handed_in = judged(THREE, grade2=0, grade4=0)
    moved = [handed_in[0], *handed_in[3:5], *handed_in[1:3], *handed_in[5:]]
    assert names_lent(THREE, moved) == {}
    moved = [*moved[:-1], judged(THREE, grade7=0)[-1]]
    assert names_lent(THREE, moved) == {"grade7": ("solution3", "solution1")}


# --- and what is not -----------------------------------------------------------------------------

WITH_PICTURES = lab("given", "solution", "grade", "given", "given", "solution", "grade")


def run_again(student: str, *pictures: str, shown: Collection[int] = (3, 4)) -> list[str]:
    """Which of two given cells below a mistake are run once more for an exercise below them."""
    handed_in = judged(WITH_PICTURES, grade2=0, grade6=0)
    handed_in[5] = replace(handed_in[5], cell=Cell("code", student, handed_in[5].cell.lab_cell))
    for place, source in zip((3, 4), pictures, strict=True):
        outputs = (Output("display", "<Figure>"),) if place in shown else (Output("stream", "1"),)
        cell = Cell("code", source, handed_in[place].cell.lab_cell)
        handed_in[place] = Executed(cell, CellRun(outputs, None, 0.0, None))
    (loan,) = lend(WITH_PICTURES, handed_in)
    names = [each.lab_cell.grade_id for each in loan.program if each.lab_cell]
    assert [name for name in names if name not in ("given3", "given4")] == [
        *("given0", "solution1", "grade2", "solution5", "grade6")
    ]
    return [name for name in names if name in ("given3", "given4")]


DRAWS, WALKS = "figure = plt.subplots()", "def walk():\n    return draw(x)\npath = walk()"


@pytest.mark.parametrize(
    "student",
    [
        *(
            "def solution5():\n    return walk()",
            "def solution5():\n    return globals()['walk']()",
        ),
        *("import __main__\ndef solution5():\n    return __main__.walk", "solution5 = walk("),
        "def solution5():\n    return eval('1 + walk()')",
    ],
)
def test_a_picture_that_something_uses_is_run_again(student: str) -> None:
    assert run_again(student, DRAWS, WALKS) == ["given4"]
    assert run_again(student, "def draw(x):\n    pass", WALKS) == ["given3", "given4"]


def test_other_pictures_are_not_run_again() -> None:
    student = 'def solution5():\n    """The walk ends here."""\n    return 1  # walk(path)'
    assert run_again(student, DRAWS, WALKS) == []
    assert run_again(student, DRAWS, WALKS, shown=()) == ["given3", "given4"]
    assert run_again(student, DRAWS, WALKS, shown=[3]) == ["given4"]


def test_a_name_that_the_labs_own_cells_use_for_themselves_needs_no_picture() -> None:
    student = "def solution5():\n    return 1"
    walks = "def walk(place):\n    for path in ():\n        print('draw', path, place)"
    assert run_again(student, "path = place = draw = 1", walks, shown=[3]) == ["given4"]
    assert run_again(student, "path = 1", "print(path)", shown=[3]) == ["given3", "given4"]
    assert run_again(student, "path = 1", "def walk():\n    return path", shown=[3])[0] == "given3"


# --- two records become one ----------------------------------------------------------------------

OWN = Diagnosis(name="own", message="Your own.")
ABOVE = Diagnosis(name="above", message="From above.")


def record(*checks: CheckRecord, diagnosis: Diagnosis | None = None) -> CellRecord:
    points = sum(each.points for each in checks)
    return CellRecord(grade_id="g", points=points, max_points=4, checks=checks, diagnosis=diagnosis)


def test_each_check_counts_as_it_came_out_better() -> None:
    first = record(check("a", True), check("b", False, said="no"), check("c", False, said="never"))
    again = record(check("a", False), check("b", True), check("c", False, said="the solution"))
    both = better(first, again, ("f",))
    assert both.checks == (first.checks[0], check("b", True, is_lent=True), first.checks[2])
    assert (both.points, both.lent) == (2, ("f",))


def test_of_a_second_time_that_gained_nothing_nothing_is_told() -> None:
    first = record(check("a", True), check("b", False, said="no"))
    again = record(check("a", True), check("b", False, said="the solution"))
    assert better(first, again, ("f",)) == first


def test_the_mistake_is_that_of_the_exercise_itself_and_none_when_all_passes() -> None:
    first = record(check("a", False), check("b", False), diagnosis=ABOVE)
    part = record(check("a", True), check("b", False), diagnosis=OWN)
    whole = record(check("a", True), check("b", True))
    assert better(first, part, ("f",)).diagnosis == OWN
    assert better(first, part.model_copy(update={"diagnosis": None}), ("f",)).diagnosis is None
    assert better(first, whole, ("f",)).diagnosis is None


def test_a_record_does_not_lend_for_nothing() -> None:
    for checks, names in (((check("a", True),), ("f",)), ((check("a", True, is_lent=True),), ())):
        with pytest.raises(ValueError, match="do not go together"):
            CellRecord(grade_id="g", points=1, max_points=1, checks=checks, lent=names)
