"""A submission while it is being sorted: which cell of the lab each of its cells is.

Cells are recognised by `grade_id`, then by cell id, then by their text, then by the names that they
define. Labels come first throughout: a copy of a cell's text must not take the place of the cell
itself, wherever it stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from course.cellcode import meaning, study, unindented
from course.lab import Lab, LabCell
from course.recall import recalled
from course.record import Repair
from course.submission.badges import without_badges
from course.submission.read import StudentCell
from course.submission.sentences import RELABELLED, SEVERAL_FROM, listed


@dataclass(eq=False)
class Sheet:
    """One of the student's cells: the lab's cell that it is, or after which it stands."""

    cell: StudentCell
    number: int
    home: LabCell | None = None
    after: str = ""
    placed: LabCell | None = None  # where its text runs, when that is not where it stood
    is_guessed: bool = False  # recognised by nothing but the names that it defines

    @property
    def source(self) -> str:
        """What the student wrote."""
        return self.cell.source


@dataclass
class Desk:
    """All cells of a submission, and what has been put right so far.

    `joined` counts the characters of the texts that were made of several cells, as a trial.
    """

    lab: Lab
    sheets: list[Sheet]
    repairs: list[Repair] = field(default_factory=list)
    joined: int = 0

    def say(self, rule: str, cell: LabCell | None, sentence: str) -> None:
        """Note one thing that was put right."""
        grade_id = cell.grade_id if cell is not None else ""
        self.repairs.append(Repair(rule=rule, cell=grade_id, sentence=sentence))

    def say_of(self, rule: str, cells: list[LabCell], one: str, several: str) -> None:
        """Note the same thing of several cells: one by one, or together when there are many."""
        if len(cells) < SEVERAL_FROM:
            for cell in cells:
                self.say(rule, cell, one.format(cell=cell.grade_id))
        else:
            names = listed([cell.grade_id for cell in cells])
            self.say(rule, None, several.format(number=len(cells), names=names))

    def at(self, lab_cell: LabCell) -> list[Sheet]:
        """The student's cells that are this cell of the lab, in the student's order."""
        return [each for each in self.sheets if each.home is lab_cell]

    def own(self, after: str) -> list[Sheet]:
        """The student's own cells that stand after a cell of the lab, '' for the very top."""
        return [
            each
            for each in self.sheets
            if each.home is None and each.placed is None and each.after == after
        ]


def same(a: str, b: str) -> bool:
    """Whether two cells hold the same text but for white space at line ends and around."""
    return shown(a) == shown(b)


@recalled  # the text, not its lines: each short line takes twenty times its memory
def shown(source: str) -> str:
    """The text of a cell without what nobody sees."""
    return "\n".join(lines(source))


def lines(source: str) -> list[str]:
    """The lines of a cell without what nobody sees."""
    return [line.rstrip() for line in without_badges(source).strip().splitlines()]


def is_work(source: str, lab_cell: LabCell) -> bool:
    """Whether code holds a solution: all names of the exercise, and more than the stub says."""
    code, names = study(source), lab_cell.defines
    functions = names - study(lab_cell.solution).values
    return (
        bool(names)
        and names <= code.names
        and not functions & code.values
        and not names <= code.unwritten
        and meaning(source) != meaning(lab_cell.release)
    )


def may_be_work(source: str, lab_cell: LabCell) -> bool:
    """Whether the exercise's own cell may hold its solution, though one must run it to know.

    As where functions are defined under `if` or picked out of a table, or all lines are indented.
    """
    plain = unindented(source)
    code, names = study(plain), lab_cell.defines
    functions = names - study(lab_cell.solution).values
    return (
        bool(names)
        and names <= code.bound
        and not names <= code.unwritten
        and (code.writes_function or not functions)
        and meaning(plain) != meaning(lab_cell.release)
    )


def recognise(cells: Iterable[StudentCell], lab: Lab) -> Desk:
    """Lay out a submission: what is the lab's finds its cell, the rest a place beside one."""
    sheets = [Sheet(cell, number) for number, cell in enumerate(cells)]
    desk = Desk(lab, sheets)
    _by_label(desk)
    by_content = [*_by_text(desk), *_by_names(desk)]
    relabelled = [each for each in lab.cells if each in by_content]
    desk.say_of("relabelled", relabelled, *RELABELLED)
    for lab_cell in lab.cells:
        _free_copies(desk, lab_cell)
    last = ""
    for sheet in sheets:
        sheet.after = last
        last = sheet.home.id if sheet.home is not None else last
    return desk


def _by_label(desk: Desk) -> None:
    labels = {cell.grade_id: cell for cell in desk.lab.cells if cell.grade_id}
    ids = {cell.id: cell for cell in desk.lab.cells}
    for sheet in desk.sheets:
        known = sorted(sheet.cell.ids & ids.keys())
        sheet.home = labels.get(sheet.cell.grade_id) or (ids[known[0]] if known else None)


def _by_text(desk: Desk) -> list[LabCell]:
    """Cells that lost their label but not a letter; of equal ones the next in the lab's order."""
    order = {cell.id: place for place, cell in enumerate(desk.lab.cells)}
    texts: dict[str, list[LabCell]] = defaultdict(list)
    for cell in desk.lab.cells:
        texts[shown(cell.release)].append(cell)
    taken = {sheet.home.id for sheet in desk.sheets if sheet.home is not None}
    found, last = [], -1
    for sheet in desk.sheets:
        equal = texts.get(shown(sheet.source), []) if sheet.home is None else []
        if equal and shown(sheet.source):
            free = [each for each in equal if each.id not in taken]
            ahead = [each for each in free if order[each.id] > last]
            sheet.home = (ahead or free or equal)[0]
            taken.add(sheet.home.id)
            if free and sheet.home.kind in ("solution", "written"):
                found.append(sheet.home)
        last = order[sheet.home.id] if sheet.home is not None else last
    return found


def _by_names(desk: Desk) -> list[LabCell]:
    """Solutions that lost their label: the first cell that defines the names of one."""
    taken = {sheet.home.id for sheet in desk.sheets if sheet.home is not None}
    missing = [each for each in desk.lab.cells if each.defines and each.id not in taken]
    found = []
    for sheet in desk.sheets:
        names = study(sheet.source).names if sheet.home is None and missing else frozenset()
        for lab_cell in missing if names else ():
            if lab_cell.defines <= names:
                sheet.home, sheet.is_guessed = lab_cell, True
                missing.remove(lab_cell)
                found.append(lab_cell)
                break
    return found


def _free_copies(desk: Desk, lab_cell: LabCell) -> None:
    """Let go of copies that were made into something else: they are the student's own cells."""
    sheets = desk.at(lab_cell)
    if len(sheets) < 2 or lab_cell.kind == "written":
        return
    if lab_cell.kind == "solution":
        kept = [each for each in sheets if lab_cell.defines <= study(each.source).names]
        kept = kept if any(is_work(each.source, lab_cell) for each in kept) else sheets
    else:
        kept = [next((s for s in sheets if same(s.source, lab_cell.release)), sheets[-1])]
    for sheet in sheets:
        if sheet not in kept:
            is_mere_copy = same(sheet.source, lab_cell.release)
            sheet.home, sheet.placed = None, lab_cell if is_mere_copy else None
