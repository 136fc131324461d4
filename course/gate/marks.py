"""What every check is worth, and what each known mistake keeps: a page for instructors.

Partial credit is what the weights of single checks make of it, and nobody can see that from the
weights. The page is made from what the gate tried, so it says what grading would give.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from course.errors import ConfigurationError
from course.gate.programs import Kind, Trial
from course.gate.tried import Tried
from course.reports.words import points

HEAD = """\
# {lab}: what every check is worth

Written by `course gate {lab} --marks {path}`; a change of the checks changes this page.

Automatic points: {total}. A check gives all of its points or none.
"""

MISTAKES = """\
## What a single mistake keeps

Each row is a notebook that is right but for one function, which makes the mistake of that name
(`tests/{lab}/misconceptions`). *Its exercise* is what its own checks still give; *elsewhere* is
what other exercises lose that call the wrong function, even when a right one is lent to them; *the
lab* is what is left of all automatic points.
"""


def write(tried: Tried, path: Path) -> None:
    """Write the page; ConfigurationError when that cannot be done."""
    try:
        path.write_text(page(tried, path.as_posix()), encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written ({error.strerror}).") from None


def page(tried: Tried, path: str) -> str:
    """The page as Markdown; `path` is how it says where it lies."""
    total = sum(check.max_points for group in tried.checks.values() for check in group)
    parts = [HEAD.format(lab=tried.lab, path=path, total=points(total)), *_checks(tried)]
    parts += [MISTAKES.format(lab=tried.lab), *_mistakes(tried, total)]
    return "\n".join(parts)


def _checks(tried: Tried) -> Iterator[str]:
    for cell, group in tried.checks.items():
        yield f"## {cell}: {points(sum(check.max_points for check in group))} points\n"
        yield "| check | points | what the student reads |\n| --- | ---: | --- |"
        for check in group:
            yield f"| {check.name} | {points(check.max_points)} | {_escaped(check.title)} |"
        yield ""


def _mistakes(tried: Tried, total: float) -> Iterator[str]:
    wrong = [trial for trial in tried.results if trial.kind is Kind.MISCONCEPTION]
    for function in dict.fromkeys(trial.function for trial in wrong):
        own = tried.exercises[function]
        worth = sum(check.max_points for cell in own for check in tried.checks[cell])
        yield f"### {function}\n"
        most = points(worth), points(total)
        yield "| mistake | its exercise ({}) | elsewhere | the lab ({}) |".format(*most)
        yield "| --- | ---: | ---: | ---: |"
        for trial in wrong:
            if trial.function == function:
                here, there = _lost(tried, trial)
                marks = points(worth - here), points(0 - there), points(total - here - there)
                yield f"| {trial.name.replace('_', ' ')} | {' | '.join(marks)} |"
        yield ""


def _lost(tried: Tried, trial: Trial) -> tuple[float, float]:
    """The points that a program loses in its own exercise, and in others."""
    rejected_by = tried.results[trial][0].rejected_by
    own = tried.exercises[trial.function]
    lost = {True: 0.0, False: 0.0}
    for cell, group in tried.checks.items():
        for check in group:
            if f"{cell}::{check.name}" in rejected_by:
                lost[cell in own] += check.max_points
    return lost[True], lost[False]


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
