"""What an instructor reads of a plan: a line for each file, and what is left to do."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator

from rich.table import Table
from rich.text import Text

from course.collect.intake import is_archive
from course.collect.people import ONLY_A_LIST
from course.collect.plan import Item, Plan, State
from course.collect.recognise import TITLES
from course.reports.terminal import visible
from course.roster import Roster
from course.times import stamp

_STYLES = {State.REFUSED: "bold red", State.PASSED_OVER: "dim", State.UNCHANGED: "dim"}


MOST_LINES = 20
"""For the files of one archive that somebody packed, and of which the same becomes: it may hold as
many files as a whole class, and what others handed in would not be found among them."""


def table(plan: Plan) -> Table:
    """One line for each file: whose it is, when it was handed in, and what becomes of it."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for header in ("file", "student", "lab", "handed in", "rule", "what becomes of it"):
        shown.add_column(header, overflow="fold")
    late = frozenset(plan.late_without_time)
    alike = Counter((_archive(item), item.state) for item in plan.items)
    lines: Counter[tuple[str, State]] = Counter()
    for item in sorted(plan.items, key=lambda each: each.state is State.REFUSED):
        lines[kind := (_archive(item), item.state)] += 1
        if kind[0] and lines[kind] > MOST_LINES:
            if lines[kind] == alike[kind]:
                rest = f"{item.state}: {_files(alike[kind] - MOST_LINES)} more"
                shown.add_row(*map(Text, (visible(f"{kind[0]}/…"), "–", "–", "–", "", rest)))
            continue
        cells = (
            visible(item.file.path),
            visible(item.student) or "–",
            plan.lab if item.attempt else "–",
            _time(item, late),
            item.rule,
            f"{item.state}: {visible(item.reason, 400)}" if item.reason else str(item.state),
        )
        shown.add_row(*map(Text, cells), style=_STYLES.get(item.state, ""))
    return shown


def _archive(item: Item) -> str:
    """The archive that a file lies in, beside others that came in; '' if it lies in none."""
    parts = item.file.path.split("/")
    inner = next((at for at, part in enumerate(parts[:-1], 1) if is_archive(part)), 0)
    return "/".join(parts[:inner])


def _time(item: Item, late: Collection[str]) -> str:
    if item.time:
        return stamp(item.time)
    return "late, no time" if item.student in late and item.late else "–"


def summary(plan: Plan, roster: Roster | None, *, dry: bool) -> Iterator[str]:
    """What came of it in plain lines, the things that are left to do last."""
    for place, name in plan.exports.items():
        yield f"{visible(place)}: {TITLES[name]}"
    if roster:
        yield (
            f"{visible(str(roster.path))}: {len(roster.students)} students, "
            f"whose ids are the column {visible(roster.id_column)!r}"
        )
    counts = Counter(item.state for item in plan.items)
    told = ", ".join(f"{counts[state]} {state}" for state in State if counts[state])
    yield f"{_files(len(plan.items))}: {told}" + (" (nothing is written yet)" if dry else "")
    if plan.without_time:
        yield (
            f"{len(plan.without_time)} came without the time when they were handed in, and will "
            "count as in time."
        )
    if plan.missing:
        yield f"{len(plan.missing)} handed in nothing: {visible(', '.join(plan.missing), 2000)}"
    if late := plan.late_without_time:
        yield (
            f"Late, but the export does not say since when: {visible(', '.join(late), 2000)}. "
            "Until you give the times (a column `submitted` of the list that you name with "
            "--roster, or each timestamp.txt) they count as in time."
        )
    if plan.refused:
        yield f"Not taken: {_files(len(plan.refused))}; the last lines of the table say why."
    if roster is None and any(ONLY_A_LIST in item.reason for item in plan.refused):
        yield "What your LMS exports will do as a class list: docs/collecting.md says which file."


def _files(count: int) -> str:
    return f"{count} file" if count == 1 else f"{count} files"


def to_json(plan: Plan) -> str:
    """The same for programs: every file once, in the order in which it was found."""
    files = [
        {
            "source": item.file.source,
            "file": item.file.path,
            "student": item.student or None,
            "lab": plan.lab if item.attempt else None,
            "time": stamp(item.time) if item.time else None,
            "late": item.late,
            "rule": item.rule,
            "state": item.state.name.lower(),
            "reason": item.reason,
        }
        for item in plan.items
    ]
    said = {
        "lab": plan.lab,
        "exports": dict(plan.exports),
        "files": files,
        "missing": list(plan.missing),
        "late_without_time": list(plan.late_without_time),
    }
    return json.dumps(said, indent=2)
