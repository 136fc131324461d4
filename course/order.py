"""Tells a student whose notebook works only out of order what was used before it existed.

In Colab every cell may be run at any time; here they run from top to bottom, once. A name that only
a later cell defines is then missing, and "name 'half' is not defined" alone sends a student to
look for a mistake in code that worked. Nothing is run in another order: marks stand for the
notebook from top to bottom.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator, Sequence
from itertools import chain

from course.cellcode import study
from course.patience import FOR_A_PAGE, OutOfPatience, within
from course.record import Repair
from course.running import Executed
from course.scopes import needed_later, set_by_functions
from course.submission.repair import Cell
from course.submission.sentences import EARLY

MOST_TOLD = 5
LONGEST_TOLD = 100  # letters of a name; a sentence with a longer one would fill a page
_MISSING = re.compile(rf"name '(\w{{1,{LONGEST_TOLD}}})' is not defined")
_ANY = "*"  # what `from numpy import *` binds
_ALWAYS_THERE = frozenset(dir(builtins)) | {"get_ipython", "display", "In", "Out", "__file__"}

Early = tuple[int, str]  # the place of the cell, and the name that it uses


def out_of_order(ran: Sequence[Executed]) -> tuple[Repair, ...]:
    """One sentence for each name that was used before the cell that defines it.

    They are hints: whoever wrote what takes the patience of a page to look through gets none.
    """
    try:
        return within(FOR_A_PAGE, lambda: _told(ran))
    except OutOfPatience:
        return ()


def _told(ran: Sequence[Executed]) -> tuple[Repair, ...]:
    bound = [_bound(each.cell) for each in ran]
    first: dict[str, int] = {}
    for place, names in enumerate(bound):
        for name in names:
            first.setdefault(name, place)
    told: dict[str, Repair] = {}
    for place, name in chain(_in_functions(ran, bound), _in_cells(ran)):
        if len(told) == MOST_TOLD:
            break
        after = first.get(name, place)
        if after > place and name not in told:
            cell = ran[place].cell
            sentence = EARLY.format(where=_where(cell), name=name, defined=_where(ran[after].cell))
            grade_id = cell.lab_cell.grade_id if cell.lab_cell is not None else ""
            told[name] = Repair(rule="order", cell=grade_id, sentence=_begin(sentence))
    return tuple(told.values())


def _bound(cell: Cell) -> frozenset[str]:
    """What a cell binds, if only when its functions are called."""
    if cell.cell_type != "code":
        return frozenset()
    return study(cell.source).bound | set_by_functions(cell.source)


def _in_cells(ran: Sequence[Executed]) -> Iterator[Early]:
    """Names for want of which a cell stopped."""
    for place, each in enumerate(ran):
        error = each.run.error if each.run is not None else None
        missing = _MISSING.match(error.text) if error and error.kind == "NameError" else None
        if missing:
            yield place, missing[1]


def _in_functions(ran: Sequence[Executed], bound: Sequence[frozenset[str]]) -> Iterator[Early]:
    """Names that a function needs, and that nothing defines until its exercise is judged.

    Read from the code alone: what a function says while it is judged could quote hidden checks.
    """
    there, known = set(_ALWAYS_THERE), 0
    for place, each in enumerate(ran):
        if each.cell.cell_type != "code" or (each.cell.lab_cell and each.cell.lab_cell.locked):
            continue
        judged = next((n for n in range(place, len(ran)) if _is_judged(ran[n])), None)
        record = ran[judged].record if judged is not None else None
        if judged is None or record is None or record.points == record.max_points:
            continue
        there.update(*bound[known : judged + 1])
        known = judged + 1
        if _ANY in there:
            return
        missing = sorted(needed_later(each.cell.source) - there)
        yield from ((place, name) for name in missing if len(name) <= LONGEST_TOLD)


def _is_judged(executed: Executed) -> bool:
    return executed.cell.lab_cell is not None and executed.cell.lab_cell.kind == "grade"


def _where(cell: Cell) -> str:
    if cell.lab_cell is not None:
        return f"the cell '{cell.lab_cell.grade_id or cell.lab_cell.id}'"
    first = next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
    return f"a cell of your own ({first[:40]!r})"


def _begin(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
