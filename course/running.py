"""Running a repaired submission cell by cell, and what is known of each cell afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from course.record import CellRecord, LimitHit, Outcome
from course.sandbox.host import Child
from course.sandbox.outcome import CellRun, ErrorText, Limit, ProcessEnded
from course.submission.repair import Cell

STOPPED: dict[Limit, str] = {
    "cell_cpu": "it computed for too long",
    "call_cpu": "a call in it computed for too long",
    "wall": "it waited for too long",
    "submission_cpu": "all cells together computed for too long",
    "memory": "it wanted more memory than it may have",
    "folder": "it wrote too many or too large files",
    "processes": "it started too many threads",
}
CUT: dict[Limit, str] = {
    "output": "what it showed beyond that was left out",
    "figures": "what it drew beyond that was left out",
}


@dataclass(frozen=True)
class Executed:
    """One cell as it ran: `run` is None when the process had ended before it."""

    cell: Cell
    run: CellRun | None = None
    record: CellRecord | None = None


def run_cells(child: Child, cells: Sequence[Cell], *, draw: bool = True) -> Iterator[Executed]:
    """Run cells in order, pausing after each; at a grade cell the names are marked by its id."""
    for cell in cells:
        runs = cell.cell_type == "code" and not child.ended
        yield Executed(cell, _run(child, cell, draw) if runs else None)


def reached(cells: Sequence[Executed]) -> int:
    """How many cells lie before the one with which the process ended."""
    return max((place for place, each in enumerate(cells) if each.run is not None), default=0)


def _run(child: Child, cell: Cell, draw: bool) -> CellRun:
    """Run one cell; when its process ends with it, that is the cell's error."""
    try:
        run = child.run(cell.source, draw=draw)
        if cell.lab_cell is not None and cell.lab_cell.kind == "grade":
            child.mark(cell.lab_cell.grade_id)
        return run
    except ProcessEnded as ended:
        error = ErrorText("ProcessEnded", f"Your program ended here: {ended.reason}.")
        return CellRun((), error, 0.0, ended.limit)


def limits_hit(cells: Sequence[Executed], ended: str | None) -> tuple[LimitHit, ...]:
    """Every limit that a submission ran into, in order, each in one sentence."""
    hits = []
    for executed in cells:
        name = executed.cell.name
        if executed.run is not None and executed.run.limit:
            sentence = _at_limit(executed.cell, executed.run.limit)
            hits.append(LimitHit(limit=executed.run.limit, where=name, sentence=sentence))
        for check in executed.record.checks if executed.record else ():
            if check.verdict is Outcome.TIMEOUT:
                hits.append(LimitHit(limit="call_cpu", where=check.name, sentence=check.message))
    if ended:
        last = next((each.cell.name for each in reversed(cells) if each.run is not None), "")
        sentence = f"The program ended ({ended}); what comes later could not be run."
        hits.append(LimitHit(limit="ended", where=last, sentence=sentence))
    return tuple(hits)


def _at_limit(cell: Cell, limit: Limit) -> str:
    """What became of a cell, for its student; the limit's name is for whoever sets it."""
    which = f"The cell '{cell.name}'" if cell.lab_cell else "A cell of your own"
    if limit in CUT:
        return f"{which} reached its limit ({limit}): {CUT[limit]}."
    return f"{which} was stopped at its limit ({limit}): {STOPPED[limit]}."
