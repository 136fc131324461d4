"""Finds the written answers, wherever beside the question a student typed them.

An answer's own cell comes first. Only when nothing was written there, the student's own text
between the question and the next cell of the lab is taken: in a new cell, as comments in a code
cell, or below the question in the question's cell.
"""

from __future__ import annotations

from collections.abc import Iterator

from course.cellcode import study
from course.lab import LabCell
from course.submission.desk import Desk, Sheet, lines, same
from course.submission.sentences import ADOPTED_ANSWER, COPIED_ANSWER, RELABELLED
from course.submission.solutions import Filled


def fill_answers(desk: Desk) -> dict[str, Filled]:
    """What goes into each cell of a written answer, by cell id; nothing for those not found."""
    found = {}
    for lab_cell in desk.lab.cells:
        filled = _fill(desk, lab_cell) if lab_cell.kind == "written" else None
        if filled is not None:
            found[lab_cell.id] = filled
    return found


def _fill(desk: Desk, lab_cell: LabCell) -> Filled | None:
    sheets = desk.at(lab_cell)
    changed = [each for each in sheets if not same(each.source, lab_cell.release)]
    name = lab_cell.grade_id
    if changed:
        if len(sheets) > 1:
            sentence = COPIED_ANSWER.format(cell=name, times=len(sheets))
            desk.say("copied", lab_cell, sentence)
        kind = changed[0].cell.cell_type
        return Filled("\n\n".join(each.source for each in changed), kind)
    beside = list(_beside(desk, lab_cell))
    if beside:
        for each in beside:
            each.placed = lab_cell
        if sheets:
            desk.say("adopted", lab_cell, ADOPTED_ANSWER.format(cell=name))
        else:
            desk.say("relabelled", lab_cell, RELABELLED[0].format(cell=name))
        return Filled("\n\n".join(each.source for each in beside), lab_cell.cell_type)
    return Filled(sheets[0].source, sheets[0].cell.cell_type) if sheets else None


def _beside(desk: Desk, lab_cell: LabCell) -> Iterator[Sheet]:
    """The student's own prose after the question, or after the empty cell of the answer."""
    for place in [*reversed(list(_up_to_question(desk, lab_cell))), lab_cell]:
        for sheet in desk.at(place):
            is_text = place.kind == "text" and sheet.placed is None
            if is_text and _continues(sheet.source, place.release):
                yield sheet
        yield from (each for each in desk.own(place.id) if _is_prose(each))


def _up_to_question(desk: Desk, lab_cell: LabCell) -> Iterator[LabCell]:
    """The cells above an answer, up to the text that asks for it."""
    above = desk.lab.cells[: desk.lab.cells.index(lab_cell)]
    for cell in reversed(above):
        if cell.kind in ("solution", "written"):
            return
        yield cell
        if cell.kind == "text":
            return


def _continues(source: str, question: str) -> bool:
    """Whether a cell still holds the whole question, and something more."""
    typed, asked = lines(source), lines(question)
    rest = iter(typed)
    return len(typed) > len(asked) and all(line in rest for line in asked)


def _is_prose(sheet: Sheet) -> bool:
    """Whether somebody wrote words: a text cell, or a code cell without code."""
    has_words = any(each.isalpha() for each in sheet.source)
    return has_words and (not sheet.cell.is_code or study(sheet.source).is_prose)
