"""One record for a TA in a shell: everything that it holds, hidden numbers included."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from course.errors import ConfigurationError
from course.record import CellRecord, CheckRecord, Outcome, Record, Status
from course.reports.terminal import isolation_line, visible
from course.reports.words import headline, lent, points, verdict
from course.store import RECORD_NAME

_COLOURS = {Outcome.PASSED: "green", Outcome.NOT_RUN: "yellow", Outcome.TIMEOUT: "yellow"}


def find(path: Path) -> Path:
    """The record that a path means: itself, or the one in a folder, or in its only lab's folder.

    ConfigurationError when there is none, or more than one.
    """
    if not path.is_dir():
        return path
    if (path / RECORD_NAME).is_file():
        return path / RECORD_NAME
    found = sorted(path.glob(f"*/{RECORD_NAME}"))
    if len(found) == 1:
        return found[0]
    if not found:
        raise ConfigurationError(
            f"No {RECORD_NAME} in {path}: name a record, a student's folder under autograded/, "
            "or a student and a lab."
        )
    labs = ", ".join(each.parent.name for each in found)
    raise ConfigurationError(f"{path} has records of {labs}: name one of these folders.")


def show(record: Record) -> Iterator[RenderableType]:
    """The record, part by part."""
    yield Text(visible(headline(record)), style="bold")
    if record.status is not Status.GRADED:
        yield Text(f"{record.status}: {visible(record.reason, 2000)}", style="bold yellow")
    said = [each.sentence for each in record.repairs]
    said += [each.sentence for each in record.limits_hit]
    for sentence in said:
        yield Text(f"• {visible(sentence, 600)}")
    for cell in record.cells:
        yield Text()
        yield from _cell(cell)
    yield Text()
    for plot in record.pictures:
        yield Text.assemble((f"{visible(plot.title)}: ", "bold"), visible(plot.text, 600))
    yield isolation_line(record.isolation)
    yield Text(_facts(record), style="dim")


def _cell(cell: CellRecord) -> Iterator[RenderableType]:
    worth = f"{points(cell.points)} / {points(cell.max_points)}"
    by_hand = "marked by hand" if cell.answered else "marked by hand; there is no answer"
    yield Text.assemble((visible(cell.grade_id), "bold"), f"  {by_hand if cell.manual else worth}")
    if cell.diagnosis:
        name, why = visible(cell.diagnosis.name), visible(cell.diagnosis.message, 600)
        yield Text.assemble(("  " + name, "magenta"), f": {why}")
    if cell.lent:
        yield Text(f"  {visible(lent(cell), 600)}")
    if cell.checks:
        table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 1))
        table.add_column(no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        table.add_column(overflow="fold")
        for check in cell.checks:
            word = Text("  " + verdict(check), _COLOURS.get(check.verdict, "red"))
            worth = f"{points(check.points)}/{points(check.max_points)}"
            table.add_row(word, worth, _words(check))
        yield table


def _words(check: CheckRecord) -> Text:
    lines = [visible(check.title, 600)]
    if check.verdict is not Outcome.PASSED:
        lines += [visible(check.message, 600)] if check.message else []
        shown = check.evidence.model_dump() if check.evidence else {}
        lines += [f"{key}: {visible(text, 1000)}" for key, text in shown.items() if text]
    return Text("\n".join(lines))


def _facts(record: Record) -> str:
    timings = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in record.timings.items())
    versions = ", ".join(f"{name} {version}" for name, version in record.versions.items())
    marks = f"submission {record.submission_hash[:12]}, lab {record.source_hash[:12]}"
    return visible("; ".join(filter(None, (timings, versions, marks))), 600)
