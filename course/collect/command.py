"""What `course collect` does: look at everything, put it in place unless it is dry, show it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import click
from rich.console import Console

from course import store
from course.collect.carry_out import carry_out
from course.collect.plan import Plan, Planner
from course.collect.recognise import TITLES
from course.collect.show import summary, table, to_json
from course.config import Settings
from course.errors import ConfigurationError
from course.reports import terminal
from course.roster import read_roster
from course.sandbox import sweep
from course.times import zone_named

PREFIX = "course-collect-"


def collect(
    settings: Settings,
    lab: str,
    places: Sequence[Path],
    *,
    recogniser: str = "",
    roster: Path | None = None,
    timezone: str = "",
    dry_run: bool = False,
    as_json: bool = False,
) -> int:
    """Collect a lab from exports; 0 when everything was taken, 1 when something is left to do.

    ConfigurationError when the course, an option or an export cannot be used.
    """
    labs = _labs(settings, lab)
    if recogniser and recogniser not in TITLES:
        raise ConfigurationError(
            f"Nothing is called {recogniser!r} here: --from takes {', '.join(TITLES)}."
        )
    path = roster or (settings.root / settings.roster if settings.roster else None)
    students = read_roster(path) if path else None
    zone = zone_named(timezone or settings.timezone)
    planner = Planner(settings, lab, students, roster is not None, zone, recogniser, labs)
    submitted = settings.folder("submitted")
    with (
        sweep.made(PREFIX) as spool,  # what a killed run left, of gigabytes perhaps, goes
        nullcontext() if dry_run else store.opened(submitted, lab) as opened,
    ):
        plan = _planned(planner, places, spool)
        if opened is not None:
            _write(plan, settings, opened)
    if as_json:
        click.echo(to_json(plan))
    else:
        out = terminal.output()
        out.print(table(plan))
        out.print()
        for line in summary(plan, students, dry=dry_run):
            out.print(line, markup=False, highlight=False, soft_wrap=True)
    return 0 if plan.complete else 1


def _planned(planner: Planner, places: Sequence[Path], spool: Path) -> Plan:
    try:
        return planner.plan(places, spool)
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename or spool} cannot be used ({error.strerror or error}): make room or "
            "mend its permissions, then run again."
        ) from None


def _write(plan: Plan, settings: Settings, opened: store.Store) -> None:
    ticker = terminal.Ticker(Console(stderr=True), len(plan.folders), "students")
    with ticker.running():
        carry_out(plan, settings, opened, ticker.tick)


def _labs(settings: Settings, lab: str) -> tuple[str, ...]:
    """The labs of this course; ConfigurationError when the one asked for is none of them."""
    top = settings.folder("source")
    labs = tuple(sorted(each.parent.name for each in top.glob("*/*.ipynb")))
    if lab not in labs:
        raise ConfigurationError(
            f"There is no lab {lab!r} in {top}: it has {', '.join(labs) or 'none'}."
        )
    return labs
