"""`course collect` and `course export`: what goes between the course and an LMS, as commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from course.options import course_dir, settings_in

MAKERS = "canvas, moodle, brightspace, blackboard, gradescope, ilias, classroom, nbgrader, plain"


@click.command()
@click.argument("lab")
@click.argument(
    "places", metavar="WHERE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--from", "recogniser", default="", metavar="NAME", help=f"Who made it: {MAKERS}.")
@click.option("--roster", type=click.Path(path_type=Path), help="The class list, a CSV file.")
@click.option("--timezone", default="", metavar="ZONE", help="The zone of the LMS's times.")
@click.option("--dry-run", is_flag=True, help="Write nothing; show what would become of each file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@course_dir
def collect(lab: str, places: tuple[Path, ...], course_dir: Path, **what: Any) -> int:
    """Put what an LMS exported for LAB into submitted/; exit 1 if something is left to do."""
    from course.collect.command import collect as take_in

    return take_in(settings_in(course_dir), lab, places, **what)


@click.command()
@click.argument("lab")
@click.option(
    "--to",
    required=True,
    type=click.Choice(["csv", "canvas", "moodle", "gradescope"]),
    help="A table of everything, what an LMS imports, or results.json for each student.",
)
@click.option("--into", type=click.Path(path_type=Path), help="The file (exports/LAB-FORMAT.csv).")
@click.option("--roster", type=click.Path(path_type=Path), help="The class list, a CSV file.")
@click.option("--column", default="", metavar="NAME", help="The LMS's column for this lab.")
@click.option("--out-of", type=click.FloatRange(0, min_open=True), help="Scale marks to this many.")
@course_dir
def export(lab: str, to: str, course_dir: Path, **what: Any) -> int:
    """Write LAB's marks into a file; exit 1 if some mark is not final, or not in it."""
    from course.export.command import export as hand_on

    return hand_on(settings_in(course_dir), lab, to, **what)
