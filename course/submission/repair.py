"""Putting a submission right against the lab, and saying what was put right.

Colab keeps cell ids in another place than Jupyter, does not enforce locked cells and sometimes
strips metadata; students copy, split, move and delete cells. Every cell of the lab ends up in its
place exactly once: locked cells and text from the lab, solutions and answers from the student.
Whatever else the student wrote stays where it stood. Nothing is put right without a sentence, and
nothing that a student wrote as a solution is changed by a letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from course.cellcode import study
from course.errors import UnreadableSubmission
from course.lab import Lab, LabCell
from course.record import Repair
from course.submission import sentences as say
from course.submission.answers import fill_answers
from course.submission.desk import Desk, Sheet, is_work, recognise, same
from course.submission.read import StudentCell
from course.submission.solutions import Filled, fill_solutions

_SOURCE_MARK = re.compile(r"^[ \t]*+### BEGIN (?:SOLUTION|HIDDEN TESTS)\b", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """One cell to be run: a cell of the lab (`lab_cell`), or the student's own."""

    cell_type: str
    source: str
    lab_cell: LabCell | None = None

    @property
    def name(self) -> str:
        """What reports call it."""
        return self.lab_cell.grade_id or "text" if self.lab_cell else "a cell of your own"


@dataclass(frozen=True)
class Repaired:
    """A submission in the lab's shape. `found` counts the student's solutions and answers in it."""

    cells: tuple[Cell, ...]
    repairs: tuple[Repair, ...]
    found: int


def repair(cells: Iterable[StudentCell], lab: Lab) -> Repaired:
    """The submission with every cell of the lab in its place, and what had to be done for it.

    UnreadableSubmission when it is the notebook of another lab.
    """
    cells = tuple(cells)
    desk = recognise(cells, lab)
    _refuse_another_lab(desk)
    _say_of_the_whole(desk)
    filled = fill_solutions(desk) | fill_answers(desk)
    _say_of_locked(desk)
    repaired = [_as_own(each) for each in desk.own("") if each.source.strip()]
    for lab_cell in lab.cells:
        repaired += _in_place(desk, lab_cell, filled.get(lab_cell.id))
    _run_again(repaired, filled)
    _say_defined_again(desk, filled)
    return Repaired(tuple(repaired), tuple(desk.repairs), len(filled))


def _refuse_another_lab(desk: Desk) -> None:
    """More exercises with labels that this lab does not have than cells that are this lab's."""
    foreign = {
        sheet.cell.grade_id
        for sheet in desk.sheets
        if sheet.cell.grade_id and (sheet.home is None or sheet.is_guessed)
    } - {cell.grade_id for cell in desk.lab.cells}
    known = {
        sheet.home.id for sheet in desk.sheets if sheet.home is not None and not sheet.is_guessed
    }
    if len(foreign) > len(known):
        raise UnreadableSubmission(
            say.ANOTHER_LAB.format(
                foreign=len(foreign),
                names=say.listed(sorted(foreign), 3),
                own=len(known),
                lab=desk.lab.name,
            )
        )


def _say_of_the_whole(desk: Desk) -> None:
    students = [each for each in desk.sheets if each.home is None or each.home.kind != "text"]
    for sentence in dict.fromkeys(each.cell.said for each in students if each.cell.said):
        desk.say("cut", None, sentence)
    order = {cell.id: place for place, cell in enumerate(desk.lab.cells)}
    seen: list[int] = []
    for sheet in desk.sheets:
        if sheet.home is not None and order[sheet.home.id] not in seen:
            seen.append(order[sheet.home.id])
    if seen != sorted(seen):
        desk.say("moved", None, say.MOVED)
    code = [each.source for each in desk.sheets if each.cell.is_code]
    if any(map(_SOURCE_MARK.search, code)):
        desk.say("source", None, say.SOURCE)
    elif seen and all(
        sheet.home is not None and same(sheet.source, sheet.home.release)
        for sheet in desk.sheets
        if sheet.source.strip()
    ):
        desk.say("untouched", None, say.UNTOUCHED)


def _say_of_locked(desk: Desk) -> None:
    """Locked cells that were changed or are missing; all of them come from the lab."""
    locked = [cell for cell in desk.lab.cells if cell.locked]
    at = {cell.id: desk.at(cell) for cell in locked}
    desk.say_of("missing", [cell for cell in locked if not at[cell.id]], *say.MISSING)
    changed = [
        cell
        for cell in locked
        if any(not same(_as_released(sheet.source), cell.release) for sheet in at[cell.id])
    ]
    desk.say_of("restored", changed, *say.RESTORED)


def _as_released(source: str) -> str:
    """A given cell of the source notebook without its hidden region."""
    return source.partition("\n### BEGIN HIDDEN TESTS")[0]


def _in_place(desk: Desk, lab_cell: LabCell, filled: Filled | None) -> Iterator[Cell]:
    """A cell of the lab, with what of the student's stands before and after it."""
    before = filled.before if filled is not None else _added(desk, lab_cell)
    yield from map(_as_own, before)
    yield _filled(desk, lab_cell, filled)
    after = desk.own(lab_cell.id)
    if lab_cell.kind == "text":  # whatever was typed into the lab's text stays to be read
        typed = [each for each in desk.at(lab_cell) if not same(each.source, lab_cell.release)]
        after = [each for each in typed if each.placed is None] + after
    yield from (_as_own(each) for each in after if each.source.strip())


def _run_again(cells: list[Cell], filled: dict[str, Filled]) -> None:
    """Where something has taken a solution's names since it ran above, run it once more."""
    for place, cell in enumerate(cells):
        lab_cell = cell.lab_cell
        solution = filled[lab_cell.id].solution if lab_cell and lab_cell.id in filled else ""
        if lab_cell is not None and solution:
            above = next((n for n in range(place, -1, -1) if cells[n].source == solution), 0)
            between = [each.source for each in cells[above + 1 : place] if each.cell_type == "code"]
            if any(study(source).bound & lab_cell.defines for source in between):
                cells[place] = Cell(cell.cell_type, solution, lab_cell)


def _added(desk: Desk, lab_cell: LabCell) -> list[Sheet]:
    """A locked cell in which the student defined names that the lab does not know."""
    if not lab_cell.locked:
        return []
    added = [
        sheet
        for sheet in desk.at(lab_cell)
        if sheet.placed is None
        and not same(sheet.source, lab_cell.release)
        and study(sheet.source).bound - desk.lab.bound
    ]
    if added:
        desk.say("added", lab_cell, say.ADDED.format(cell=lab_cell.grade_id))
    return added


def _filled(desk: Desk, lab_cell: LabCell, filled: Filled | None) -> Cell:
    """The cell as it goes into the repaired notebook, with a sentence where that is not as sent."""
    if lab_cell.kind == "text":
        return Cell(lab_cell.cell_type, lab_cell.release, lab_cell)
    if lab_cell.locked:
        sheets = desk.at(lab_cell)
        _say_retyped(desk, lab_cell, sheets[0].cell.cell_type if sheets else lab_cell.cell_type)
        return Cell(lab_cell.cell_type, lab_cell.release, lab_cell)
    if filled is None:
        missing = say.NO_ANSWER if lab_cell.kind == "written" else say.NO_SOLUTION
        desk.say("missing", lab_cell, missing.format(cell=lab_cell.grade_id))
        return Cell(lab_cell.cell_type, lab_cell.release, lab_cell)
    _say_retyped(desk, lab_cell, filled.cell_type)
    unchanged = same(filled.source, lab_cell.release)
    return Cell(lab_cell.cell_type, lab_cell.release if unchanged else filled.source, lab_cell)


def _say_retyped(desk: Desk, lab_cell: LabCell, kind: str) -> None:
    if kind != lab_cell.cell_type:
        sentence = say.RETYPED.format(cell=lab_cell.grade_id, kind=kind)
        desk.say("retyped", lab_cell, sentence)


def _say_defined_again(desk: Desk, filled: dict[str, Filled]) -> None:
    """Solutions that stand again below the checks, where they do not count."""
    for place, lab_cell in enumerate(desk.lab.cells):
        if lab_cell.kind != "solution" or lab_cell.id not in filled:
            continue
        rest = desk.lab.cells[place:]
        first = next((n for n, each in enumerate(rest) if each.kind == "grade"), len(rest))
        below = [sheet for each in rest[first:] for sheet in desk.own(each.id)]
        chosen = filled[lab_cell.id].source
        if any(is_work(each.source, lab_cell) and each.source != chosen for each in below):
            names = " and ".join(sorted(lab_cell.defines))
            desk.say("again", lab_cell, say.AGAIN.format(names=names))


def _as_own(sheet: Sheet) -> Cell:
    return Cell(sheet.cell.cell_type, sheet.source)
