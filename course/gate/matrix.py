"""The gate as an instructor reads it: a table of the checks, then everything that is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from textwrap import indent

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from course.gate.findings import Finding, Row, rows
from course.gate.programs import Kind
from course.gate.tried import Tried
from course.reports.words import points

WIDTH = 120  # where nobody's window says how wide it is
SHOWN = 3  # programs that are named in the table

LEGEND = (
    "rejects: misconceptions of any exercise · alone: those of its own exercise that no other "
    "check of it rejects · mutants: of its own exercise"
)


def show(console: Console, tried: Tried, found: Sequence[Finding]) -> None:
    """Print the table, what is wrong, and how much was tried."""
    for part in _parts(tried, found):
        console.print(part, highlight=False)


def summary(tried: Tried, found: Sequence[Finding]) -> str:
    """How much was tried, how long it took and whether the gate is green."""
    count = Counter(trial.kind for trial in tried.results)
    listed = len(tried.programs.equivalent)
    secrets = max(map(len, tried.results.values()))
    tries = [
        _many(count[Kind.RIGHT], "right program"),
        _many(count[Kind.MISCONCEPTION], "misconception"),
        _many(count[Kind.MUTANT], "mutant") + (f" ({listed} equivalent)" if listed else ""),
        _many(sum(map(len, tried.checks.values())), "check"),
        _many(secrets, "secret"),
        f"{tried.seconds:.1f} s",
    ]
    verdict = f"the gate is shut: {_many(len(found), 'finding')}" if found else "the gate is green"
    return f"{tried.lab}: {', '.join(tries)}; {verdict}."


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _parts(tried: Tried, found: Sequence[Finding]) -> Iterator[RenderableType]:
    yield _table(rows(tried))
    yield Text(LEGEND + "\n", style="dim")
    source = ""
    for finding in found:
        yield Text(f"• {finding.sentence}")
        if finding.source != source and (source := finding.source):
            yield Text(indent(source.rstrip(), " " * 6), style="dim")
    yield Text("\n" * bool(found) + summary(tried, found), style="red" if found else "green")


def _table(checks: Sequence[Row]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("check", no_wrap=True)
    for title in ("points", "rejects", "alone", "mutants"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("alone, by name", overflow="fold")
    cell = ""
    for row in checks:
        if row.cell != cell:
            cell = row.cell
            table.add_row(Text(cell, style="bold"))
        numbers = len(row.rejects), len(row.alone), row.mutants
        table.add_row(f"  {row.check}", points(row.points), *map(str, numbers), Text(*_alone(row)))
    return table


def _alone(row: Row) -> tuple[str, str]:
    """What to say of a check's use, and in which style."""
    if row.alone:
        more = f" and {len(row.alone) - SHOWN} more" if len(row.alone) > SHOWN else ""
        return ", ".join(row.alone[:SHOWN]) + more, ""
    return (f"explains: {row.explanatory}", "dim") if row.explanatory else ("nothing", "red")
