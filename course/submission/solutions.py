"""Finds the solution of each exercise, wherever a student wrote it.

What counts is decided in this order: the exercise's own cell, if it is worked on (of several the
last); the cell put together, if it was split; any other cell that holds the solution (the last).
Only a student's own text is ever taken, whole and unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from course.cellcode import study
from course.lab import LabCell
from course.submission.desk import Desk, Sheet, is_work, may_be_work, same
from course.submission.sentences import ADOPTED, COPIED, MERGED, PLACEHOLDER, SPLIT

MOST_PIECES = 6
MOST_JOINED = 1 << 20  # characters of all that is tried together: parsing takes the judge's time


@dataclass
class Filled:
    """What goes into a cell of the lab, and what of the student's runs right before it.

    Where `source` only says that the solution stands above, `solution` is its text.
    """

    source: str
    cell_type: str
    before: list[Sheet] = field(default_factory=list)
    solution: str = ""


def fill_solutions(desk: Desk) -> dict[str, Filled]:
    """What goes into each solution cell, by cell id; nothing for those that are missing."""
    found = {}
    for lab_cell in desk.lab.cells:
        filled = _fill(desk, lab_cell) if lab_cell.kind == "solution" else None
        if filled is not None:
            found[lab_cell.id] = filled
    for filled in found.values():
        filled.before = [each for each in filled.before if each.placed is None]
    return found


def _fill(desk: Desk, lab_cell: LabCell) -> Filled | None:
    sheets = desk.at(lab_cell)
    changed = [each for each in sheets if not same(each.source, lab_cell.release)]
    worked = [each for each in changed if is_work(each.source, lab_cell)]
    worked = worked or [each for each in changed if may_be_work(each.source, lab_cell)]
    for start in reversed(worked or changed):
        pieces, text = _put_together(desk, start, lab_cell)
        if start in worked or len(pieces) > 1:
            _say_copied(desk, lab_cell, [each for each in sheets if each not in pieces[1:]])
            if len(pieces) > 1:
                sentence = SPLIT.format(cell=lab_cell.grade_id, times=len(pieces))
                desk.say("split", lab_cell, sentence)
                for piece in pieces:
                    piece.placed = lab_cell
            before = [each for each in changed if each not in pieces]
            return Filled(text, start.cell.cell_type, before)
    elsewhere = _elsewhere(desk, lab_cell)
    if elsewhere is not None:
        filled = _take(desk, lab_cell, elsewhere)
        filled.before = changed
        return filled
    if not sheets:
        return None
    _say_copied(desk, lab_cell, sheets)
    chosen = (changed or sheets)[-1]
    chosen.placed = lab_cell
    return Filled(chosen.source, chosen.cell.cell_type, changed[:-1])


def _say_copied(desk: Desk, lab_cell: LabCell, sheets: list[Sheet]) -> None:
    if len(sheets) > 1 and any(not same(each.source, lab_cell.release) for each in sheets):
        sentence = COPIED.format(cell=lab_cell.grade_id, times=len(sheets))
        desk.say("copied", lab_cell, sentence)


def _put_together(desk: Desk, start: Sheet, lab_cell: LabCell) -> tuple[list[Sheet], str]:
    """A cell and the next ones, when only together they are Python and the solution."""
    pieces, text = [start], start.source
    is_whole = is_work(text, lab_cell) and study(text).returns_last
    glues = ("",) if is_whole else ("\n", "")  # after its `return` only the rest of the line
    for sheet in desk.sheets[start.number + 1 : start.number + MOST_PIECES]:
        if sheet.home not in (None, lab_cell) or not sheet.cell.is_code:
            break
        if study(text).parses and study(sheet.source).parses:
            break
        pieces.append(sheet)
        desk.joined += len(glues) * (len(text) + len(sheet.source))
        if desk.joined > MOST_JOINED:
            break
        for glue in glues:
            if is_work(text + glue + sheet.source, lab_cell):
                return pieces, text + glue + sheet.source
        text += "\n" + sheet.source
    return [start], start.source


def _elsewhere(desk: Desk, lab_cell: LabCell) -> Sheet | None:
    """The last cell that holds the solution, though it is another cell of the lab or none."""

    def may_be(sheet: Sheet) -> bool:
        home = sheet.home
        if home is not None:
            if home is lab_cell or same(sheet.source, home.release):
                return False
            if home.locked and lab_cell.defines & study(home.release).names:
                return False
        return is_work(sheet.source, lab_cell)

    return next((each for each in reversed(desk.sheets) if may_be(each)), None)


def _take(desk: Desk, lab_cell: LabCell, sheet: Sheet) -> Filled:
    """Run a cell's text for this exercise; if it runs for an earlier one, that is enough."""
    home = sheet.home
    other = sheet.placed
    if other is None and home and home.kind == "solution" and is_work(sheet.source, home):
        other = home
    names = {"cell": lab_cell.grade_id, "other": other.grade_id if other else ""}
    filled = Filled(sheet.source, sheet.cell.cell_type)
    if other is None:
        sheet.placed = lab_cell
        desk.say("adopted", lab_cell, ADOPTED.format(**names))
        return filled
    desk.say("merged", lab_cell, MERGED.format(**names))
    if _is_before(desk, other, lab_cell):
        return Filled(PLACEHOLDER.format(**names), "code", solution=sheet.source)
    return filled


def _is_before(desk: Desk, one: LabCell, other: LabCell) -> bool:
    return desk.lab.cells.index(one) < desk.lab.cells.index(other)
