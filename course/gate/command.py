"""What `course gate` does: try everything, say what was found, and draw it if asked to."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from course.autograde import cores
from course.config import Settings
from course.gate.findings import findings
from course.gate.marks import write as write_marks
from course.gate.matrix import WIDTH, show
from course.gate.picture import draw
from course.gate.tried import Plan
from course.reports.terminal import Ticker


def gate(
    settings: Settings,
    lab: str,
    *,
    seeds: int = 0,
    processes: int | None = None,
    picture: Path | None = None,
    marks: Path | None = None,
) -> int:
    """Hold a lab's checks to its programs; 0 when the gate is green and 1 when it is shut.

    ConfigurationError when the lab lacks what the gate needs.
    """
    plan = Plan(settings, lab, seeds, processes or settings.processes or cores())
    ticker = Ticker(Console(stderr=True), len(plan.tasks), "tried")
    with ticker.running():
        tried = plan.run(ticker.tick)
    found = findings(tried)
    console = Console()
    show(console if console.is_terminal else Console(width=WIDTH), tried, found)
    if picture:
        draw(tried, picture)
    if marks:
        write_marks(tried, marks)
    return 1 if found else 0
