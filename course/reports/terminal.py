"""What an instructor sees while a class is graded, and the table at the end.

Everything that comes from a submission is text of a stranger: it is shown with its control
characters spelled out, and never read as markup.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from course.record import Record, Status
from course.reports.words import points

SECONDS_BETWEEN_LINES = 5.0

_STYLES = {Status.GRADED: "", Status.ZERO: "yellow", Status.UNGRADED: "bold red"}

# a limit's name, as an instructor reads it; the record and the pages have whole sentences
_LIMITS = {
    "cell_cpu": "a cell out of time",
    "call_cpu": "a call out of time",
    "submission_cpu": "out of time",
    "wall": "waited too long",
    "folder": "wrote too much",
    "processes": "too many threads",
    "ended": "ended early",
}


def output() -> Console:
    """Standard output; in a file or a pipe, lines are wrapped at a width that suits tables."""
    return Console(width=None if sys.stdout.isatty() else 120)


def visible(text: str, width: int = 200) -> str:
    """One line that no terminal obeys: what does not print is spelled out, what is long is cut."""
    return _line(" ".join(text.split()), width)


def visible_lines(text: str) -> str:
    """A longer text, such as a traceback, made harmless line by line."""
    return "\n".join(_line(line, 1000) for line in text.splitlines())


def visible_json(text: str) -> str:
    """The same JSON, in which no terminal finds anything to obey."""
    unseen = {ord(c): json.dumps(c)[1:-1] for c in {*text} if not c.isprintable() and c != "\n"}
    return text.translate(unseen)


def _line(text: str, width: int) -> str:
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return shown if len(shown) <= width else shown[: width - 1] + "…"


def happened(record: Record) -> str:
    """What happened to a submission, in a few words; '' when there is nothing to say."""
    if record.status is not Status.GRADED:
        return f"{'zero' if record.status is Status.ZERO else 'not graded'}: {record.reason}"
    words = [f"repaired {len(record.repairs)}"] if record.repairs else []
    for limit, hits in Counter(hit.limit for hit in record.limits_hit).items():
        words.append(f"{_LIMITS.get(limit, limit)}{f' ×{hits}' if hits > 1 else ''}")
    words += [cell.diagnosis.name for cell in record.cells if cell.diagnosis]
    return ", ".join(dict.fromkeys(words))


def summary(records: Iterable[Record], stories: Mapping[str, str] | None = None) -> Table:
    """The class in one table: a row for each student, in the order of their names.

    `stories`, by student, gives a column more: what a made-up student was made up for.
    """
    table = Table("student", box=None, pad_edge=False, header_style="bold")
    if stories is not None:
        table.add_column("story", overflow="fold")
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("what happened", overflow="fold")
    for record in sorted(records, key=lambda each: each.student):
        mark = f"{points(record.points)} / {points(record.max_automatic)}"
        table.add_row(
            Text(visible(record.student)),
            *([] if stories is None else [Text(stories.get(record.student, ""))]),
            Text("–" if record.status is Status.UNGRADED else mark),
            Text(visible(happened(record))),
            style=_STYLES[record.status],
        )
    return table


def isolation_line(isolation: Mapping[str, Any]) -> Text:
    """Which isolation was in force; red when there is something that it does not prevent."""
    layers = ", ".join(map(str, isolation.get("layers", ())))
    line = Text(
        f"Isolation: {isolation.get('tier', 'unknown')}" + (f" ({layers})" if layers else "")
    )
    if gaps := isolation.get("not_prevented"):
        line.append("; NOT prevented: " + visible(", ".join(map(str, gaps))), style="bold red")
    return line


def proof(isolation: Mapping[str, Any]) -> Iterator[Text]:
    """What was proved of an isolation, line by line; a reason against a tier ends with advice."""
    yield isolation_line(isolation)
    for each in isolation.get("proved", ()):
        yield Text.assemble(("  prevented  ", "green"), visible(str(each)))
    for each in isolation.get("not_prevented", ()):
        yield Text.assemble(("  NOT prevented  ", "bold red"), visible(str(each)))
    for tier, reason in isolation.get("passed_over", ()):
        yield Text.assemble((f"  {tier} was not taken: ", "yellow"), visible(str(reason), 1000))


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.finished_speed or task.speed or 0:.1f}/s", style="cyan")


class Ticker:
    """Counts aloud what is `done`: a bar on a terminal, a plain line now and then elsewhere."""

    def __init__(self, console: Console, total: int, done: str = "graded") -> None:
        self._console = console
        self._total = total
        self._done = done
        self._count = 0
        self._start = self._spoke = time.monotonic()
        self._bar = Progress(
            TextColumn(done),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task(done, total=total)

    @contextmanager
    def running(self) -> Iterator[Ticker]:
        """Show the progress while the block runs."""
        with self._bar:
            yield self

    def tick(self) -> None:
        """One more submission is done."""
        self._count += 1
        self._bar.advance(self._task)
        now = time.monotonic()
        due = now - self._spoke >= SECONDS_BETWEEN_LINES or self._count == self._total
        if due and not self._console.is_terminal:
            self._spoke = now
            self._console.print(self._line(now - self._start), highlight=False)

    def _line(self, seconds: float) -> str:
        rate = self._count / max(seconds, 1e-9)
        left = (self._total - self._count) / rate
        ending = f", {left:.0f} s left" if self._count < self._total else f" in {seconds:.1f} s"
        return f"{self._count}/{self._total} {self._done}, {rate:.1f}/s{ending}"
