"""`course report LAB`: write the class page and the index, and say what they leave open."""

from __future__ import annotations

import click

from course.config import Settings
from course.reports.cohort.page import Written, write_class_page
from course.reports.terminal import visible


def report(settings: Settings, lab_name: str) -> int:
    """Write a lab's class page and the index; 1 when the page lacks somebody's record."""
    written = write_class_page(settings, lab_name)
    tell(written)
    return 1 if written.problems else 0


def tell(written: Written) -> None:
    """Where the pages lie on stdout; what wants a look on stderr, in a sentence each."""
    for sentence in (*written.warnings, *written.problems):
        click.echo(visible(sentence, 400), err=True)
    click.echo(f"The class, {written.records} records: {written.page}")
    click.echo(f"All labs: {written.index}")
