"""Judging an exercise by itself: the lab's own solutions stand in for what is wrong above it.

A wrong `hypothesis` makes a right `cost` around it wrong, too, and has cost its own points already.
So a notebook in which an exercise lost points below another one that did is run once more, in a
fresh process, and whatever comes below an exercise that lost points meets the lab's own solution of
it. There the checks are asked again, and what passes either way counts.

Nothing else comes back from there. The student's program could read the solution that it was lent,
so that no word and no value of this second judging may reach a record. Nor may it ever be lent the
solution of the exercise at hand, nor of a later one: it would find it anywhere in its memory. So
each exercise has a process of its own, in which nothing below it was ever run. Nor are the lab's
own pictures: they take most of a notebook's time, and nobody would see them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from course.cellcode import meaning, mentioned, study
from course.lab import Exercise, Lab
from course.patience import FOR_A_PAGE, OutOfPatience, within
from course.record import CellRecord, CheckRecord, Outcome
from course.running import Executed
from course.scopes import needed
from course.submission.repair import Cell


@dataclass(frozen=True)
class Loan:
    """A program to be run once more in a process of its own, for the grade cells at its end.

    `names` are what the lab's solutions define in it, all of exercises above these grade cells.
    """

    names: tuple[str, ...]
    program: tuple[Cell, ...]
    grade_ids: frozenset[str]


def lend(lab: Lab, judged: Sequence[Executed]) -> tuple[Loan, ...]:
    """What to run so that no exercise suffers from one above it; nothing when none does.

    Nor is anything lent to a program that takes the patience of a page to look through.
    """
    try:
        return within(FOR_A_PAGE, lambda: _loans(lab, judged))
    except OutOfPatience:
        return ()


def _loans(lab: Lab, judged: Sequence[Executed]) -> tuple[Loan, ...]:
    """The same, however long it takes.

    A solution is run after the last grade cell of its own exercise, so that none judges it; and
    again above each cell that is judged again, where wrong functions may have been typed once more.
    An exercise that does what it did when it came is not judged again: nothing there can be right.
    Nor is one that was moved below a later one, whose solution it would be lent.
    """
    order = {each: place for place, each in enumerate(lab.exercises)}
    exercise_of = {name: each for each in lab.exercises for name in each.grade_ids}
    ends = _ends(judged, exercise_of)
    worked_on = {name for each in judged for name in _worked_on(each)}
    pictures = [each.cell for each in judged if _is_picture(each)]
    program: list[Cell] = []
    right: list[Cell] = []
    names: tuple[str, ...] = ()
    loans: dict[tuple[Exercise, tuple[str, ...]], Loan] = {}
    wrong = set[Exercise]()
    for place, executed in enumerate(judged):
        record = executed.record
        if record is None or record.manual:
            program.append(executed.cell)
            continue
        exercise = exercise_of[record.grade_id]
        lost = record.points < record.max_points
        if lost:
            wrong.add(exercise)
        in_order = all(order[each] <= order[exercise] for each in wrong)
        if lost and names and in_order and worked_on & {each.id for each in exercise.solutions}:
            program += right
            others = loans[exercise, names].grade_ids if (exercise, names) in loans else frozenset()
            together = others | {record.grade_id}
            run = _without_pictures((*program, executed.cell), pictures)
            loans[exercise, names] = Loan(names, run, together)
        program.append(executed.cell)
        if exercise in wrong and ends[exercise] == place:
            given = [Cell(each.cell_type, each.solution) for each in exercise.solutions]
            program, right, names = program + given, right + given, names + exercise.defines
    return tuple(loans.values())


def better(first: CellRecord, again: CellRecord, lent: tuple[str, ...]) -> CellRecord:
    """One record of a cell that was judged twice: each check as it came out better.

    The diagnosis is that of the second time: one of a mistake above would be told twice.
    """
    passed = {each.name for each in again.checks if each.verdict is Outcome.PASSED}
    checks = tuple(_passed(each) if each.name in passed else each for each in first.checks)
    missed = any(each.verdict is not Outcome.PASSED for each in checks)
    return CellRecord(
        grade_id=first.grade_id,
        points=sum(each.points for each in checks),
        max_points=first.max_points,
        checks=checks,
        lent=lent if checks != first.checks else (),
        diagnosis=again.diagnosis if missed else None,
    )


def _passed(check: CheckRecord) -> CheckRecord:
    """The check as passed with what was lent, unless it did without."""
    if check.verdict is Outcome.PASSED:
        return check
    return CheckRecord(
        name=check.name,
        title=check.title,
        verdict=Outcome.PASSED,
        points=check.max_points,
        max_points=check.max_points,
        lent=True,
    )


def _is_picture(executed: Executed) -> bool:
    """Whether a given cell of the lab showed something."""
    lab_cell, run = executed.cell.lab_cell, executed.run
    if lab_cell is None or lab_cell.kind != "given" or run is None:
        return False
    return any(output.kind == "display" for output in run.outputs)


def _without_pictures(program: tuple[Cell, ...], pictures: Sequence[Cell]) -> tuple[Cell, ...]:
    """The program without those pictures that bind nothing which the rest of it uses."""
    kept = [cell for cell in program if cell not in pictures]
    left = [cell for cell in program if cell in pictures]
    while left:
        used = frozenset[str]().union(*map(_used, kept))
        more = [cell for cell in left if study(cell.source).bound & used]
        if not more:
            break
        kept, left = kept + more, [cell for cell in left if cell not in more]
    return tuple(cell for cell in program if cell not in left)


def _used(cell: Cell) -> frozenset[str]:
    """The names that a cell may look up: of the lab's own what they need, of others any word."""
    if cell.cell_type != "code":
        return frozenset()
    is_ours = cell.lab_cell is not None and cell.lab_cell.locked
    return needed(cell.source) if is_ours else mentioned(cell.source)


def _worked_on(executed: Executed) -> Iterator[str]:
    """The id of the lab's cell, if it does something else than when it came."""
    lab_cell = executed.cell.lab_cell
    if lab_cell is not None and meaning(executed.cell.source) != meaning(lab_cell.release):
        yield lab_cell.id


def _ends(
    judged: Sequence[Executed], exercise_of: Mapping[str, Exercise]
) -> Mapping[Exercise, int]:
    """Where the last grade cell of each exercise stands."""
    return {
        exercise_of[executed.record.grade_id]: place
        for place, executed in enumerate(judged)
        if executed.record is not None and not executed.record.manual
    }
