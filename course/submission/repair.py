"""Putting a submission right against the lab, and saying what was put right.

Colab keeps cell ids in another place than Jupyter, does not enforce locked cells and sometimes
strips metadata; students copy, split, move and delete cells. Every cell of the lab ends up in its
place exactly once: locked cells from the lab, solutions and answers from the student, recognised

1. by `grade_id`, 2. by cell id, 3. by their text, 4. by the names that they define,
5. a written answer, by standing right after its question.

Whatever else the student wrote stays where it stood. Nothing is put right without a sentence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from course.lab import Lab, LabCell, defined_names
from course.record import Repair
from course.submission.read import StudentCell


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


@dataclass
class _Desk:
    """The cells of one submission while they are being sorted."""

    lab: Lab
    claims: dict[str, list[StudentCell]] = field(default_factory=lambda: defaultdict(list))
    own: dict[str, list[StudentCell]] = field(default_factory=lambda: defaultdict(list))
    repairs: list[Repair] = field(default_factory=list)

    def say(self, rule: str, cell: LabCell, sentence: str) -> None:
        """Note one thing that was put right."""
        self.repairs.append(Repair(rule=rule, cell=cell.grade_id, sentence=sentence))


def repair(cells: Iterable[StudentCell], lab: Lab) -> Repaired:
    """The submission with every cell of the lab in its place, and what had to be done for it."""
    desk = _Desk(lab)
    _sort(desk, tuple(cells))
    _adopt(desk)
    repaired: list[Cell] = [_own(cell) for cell in desk.own[""]]
    found = 0
    for lab_cell in lab.cells:
        others, chosen = _choose(desk, lab_cell)
        found += chosen is not None and lab_cell.kind in ("solution", "written")
        repaired += [_own(cell) for cell in others]
        repaired.append(_place(desk, lab_cell, chosen))
        repaired += [_own(cell) for cell in desk.own[lab_cell.id]]
    return Repaired(tuple(repaired), tuple(desk.repairs), found)


def _own(cell: StudentCell) -> Cell:
    return Cell(cell.cell_type, cell.source)


def _sort(desk: _Desk, cells: tuple[StudentCell, ...]) -> None:
    """Claim for each cell of the lab what is recognised as it; the rest stays where it was."""
    order = {cell.id: place for place, cell in enumerate(desk.lab.cells)}
    last, moved = "", False
    for cell in cells:
        lab_cell = _recognise(desk, cell, last)
        if lab_cell is None:
            if cell.source.strip():
                desk.own[last].append(cell)
            continue
        if last and order[lab_cell.id] < order[last] and not desk.claims[lab_cell.id]:
            moved = True
        desk.claims[lab_cell.id].append(cell)
        last = lab_cell.id
        if lab_cell.kind == "text" and not _same(cell.source, lab_cell.release):
            desk.own[last].append(cell)  # whatever was typed into the text stays to be read
    if moved:
        sentence = "Cells stood in another order than the lab's; they were run in the lab's order."
        desk.repairs.append(Repair(rule="moved", cell="", sentence=sentence))


def _recognise(desk: _Desk, cell: StudentCell, last: str) -> LabCell | None:
    """The cell of the lab that this one is, by the rules in their order."""
    for lab_cell in desk.lab.cells:
        if cell.grade_id and cell.grade_id == lab_cell.grade_id:
            return lab_cell
    for lab_cell in desk.lab.cells:
        if lab_cell.id in cell.ids:
            return lab_cell
    for lab_cell in desk.lab.cells:
        if cell.source.strip() and _same(cell.source, lab_cell.release):
            return _relabelled(desk, lab_cell)
    if cell.is_code:
        names = defined_names(cell.source)
        for lab_cell in desk.lab.cells:
            if lab_cell.defines and lab_cell.defines <= names and not desk.claims[lab_cell.id]:
                return _relabelled(desk, lab_cell)
    return _answer_after(desk, cell, last)


def _answer_after(desk: _Desk, cell: StudentCell, last: str) -> LabCell | None:
    """A written answer that lost its label: the first cell after its question."""
    cells = desk.lab.cells
    for question, answer in pairwise(cells):
        if answer.kind == "written" and question.id == last and not desk.claims[answer.id]:
            return _relabelled(desk, answer) if cell.source.strip() else None
    return None


def _relabelled(desk: _Desk, lab_cell: LabCell) -> LabCell:
    if lab_cell.kind in ("solution", "written"):
        desk.say(
            "relabelled",
            lab_cell,
            f"The cell {_label(lab_cell)} had lost its label and was recognised by its content.",
        )
    return lab_cell


def _adopt(desk: _Desk) -> None:
    """Take an unwritten solution from a cell of the student's own that defines all its names."""
    for lab_cell in desk.lab.cells:
        claimed = desk.claims[lab_cell.id]
        if lab_cell.kind != "solution" or any(_written(cell, lab_cell) for cell in claimed):
            continue
        for neighbour, cells in desk.own.items():
            worked = [cell for cell in cells if _written(cell, lab_cell)]
            if worked:
                desk.claims[lab_cell.id] = [worked[-1]]
                desk.own[neighbour] = [cell for cell in cells if cell is not worked[-1]]
                desk.say(
                    "adopted",
                    lab_cell,
                    f"Your solution of {_label(lab_cell)} stood in another cell "
                    "and was taken from there.",
                )
                break


def _written(cell: StudentCell, lab_cell: LabCell) -> bool:
    """Whether a cell holds more of a solution than the stub does."""
    return (
        bool(lab_cell.defines)
        and lab_cell.defines <= defined_names(cell.source)
        and not _same(cell.source, lab_cell.release)
    )


def _choose(desk: _Desk, lab_cell: LabCell) -> tuple[list[StudentCell], StudentCell | None]:
    """Of several cells that are the same cell of the lab, the one that counts, and the others.

    Of solutions the last counts that defines what it should and is not the stub (failing that, the
    last that differs from the stub); the other worked ones run before it. Answers are joined.
    """
    claimed = desk.claims[lab_cell.id]
    if lab_cell.locked or lab_cell.kind == "text" or len(claimed) < 2:
        return [], claimed[-1] if claimed else None
    changed = [cell for cell in claimed if not _same(cell.source, lab_cell.release)]
    if lab_cell.kind == "written":
        chosen = replace(claimed[0], source="\n\n".join(cell.source for cell in changed))
        rule = "all that you wrote in them was joined."
    else:
        chosen = ([cell for cell in changed if _written(cell, lab_cell)] or changed or claimed)[-1]
        rule = "the last one that is worked on counts."
    if changed:
        times = len(claimed)
        desk.say("copied", lab_cell, f"The cell {_label(lab_cell)} was there {times} times; {rule}")
    if lab_cell.kind == "written":
        return [], chosen if changed else claimed[0]
    return [cell for cell in changed if cell is not chosen], chosen


def _place(desk: _Desk, lab_cell: LabCell, chosen: StudentCell | None) -> Cell:
    """The cell as it goes into the repaired notebook, with a sentence where that is not as sent."""
    if lab_cell.kind == "text":
        return Cell(lab_cell.cell_type, lab_cell.release, lab_cell)
    if chosen is None:
        desk.say("missing", lab_cell, f"The cell {_label(lab_cell)} was missing and was put back.")
        return Cell(lab_cell.cell_type, lab_cell.release, lab_cell)
    kept = "code" if chosen.is_code else "markdown"
    if kept != lab_cell.cell_type:
        desk.say(
            "retyped",
            lab_cell,
            f"The cell {_label(lab_cell)} had become {kept} and was turned back.",
        )
    if lab_cell.locked:
        if not _same(chosen.source, lab_cell.release):
            desk.say(
                "restored",
                lab_cell,
                f"The given cell {_label(lab_cell)} was changed; the original was run.",
            )
        return Cell(lab_cell.cell_type, lab_cell.release, lab_cell)
    unchanged = _same(chosen.source, lab_cell.release)
    return Cell(lab_cell.cell_type, lab_cell.release if unchanged else chosen.source, lab_cell)


def _label(lab_cell: LabCell) -> str:
    return f"'{lab_cell.grade_id}'"


def _same(a: str, b: str) -> bool:
    """Whether two cells hold the same text but for white space at line ends and around."""
    return _lines(a) == _lines(b)


@lru_cache(maxsize=4096)
def _lines(source: str) -> tuple[str, ...]:
    return tuple(line.rstrip() for line in source.strip().splitlines())
