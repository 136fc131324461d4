"""The autograded notebook: what ran, and under each grade cell the table of its checks.

nbgrader reads a cell's points from its last value, formgrader shows it to TAs and nbgrader's
feedback to students; all three take this notebook as they would take nbgrader's own. Student
output enters as plain text and PNG alone, and a grade cell holds neither errors nor stderr, which
nbgrader would count as a failure of the whole cell.
"""

from __future__ import annotations

import base64
import json
import re
import sysconfig
from html import escape
from pathlib import Path
from typing import Any

from course.config import Settings
from course.grading import Graded
from course.record import CellRecord, CheckRecord, Outcome, Record, Status
from course.reports.words import OWN, headline, lent, points, verdict
from course.running import Executed
from course.sandbox.outcome import CellRun, ErrorText, Output

Json = dict[str, Any]

# Where an object lies in memory says nothing, and differs from run to run.
_LIBRARIES = {f"{Path(sysconfig.get_path(name)).parent}/" for name in ("purelib", "stdlib")}
MOST_LINES = 100  # of one error: formgrader works on each, and 4,000 characters may be as many
_ADDRESS = re.compile(r" at 0x[0-9a-f]{6,16}\b")


def render(graded: Graded, settings: Settings) -> str:
    """The notebook as JSON (nbformat 4.5), ending in a newline."""
    cells = [
        _cell(executed, settings.reveal, number) for number, executed in enumerate(graded.cells)
    ]
    notebook = {
        "cells": [_markdown("graded-summary", summary(graded.record, settings.reveal)), *cells],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def summary(record: Record, reveal: str) -> str:
    """What stands on top: marks, where points were lost and why, repairs and limits."""
    lines = [f"**{_typed(headline(record))}**", ""]
    if record.status is Status.GRADED:
        lines += [_lost(cell, reveal) for cell in record.automatic if cell.points < cell.max_points]
    else:
        lines += [_typed(record.reason), ""]
    lines += [f"- {_typed(each.sentence)}" for each in record.repairs]
    lines += [f"- {_typed(each.sentence)}" for each in record.limits_hit]
    return "\n".join(lines).rstrip() + "\n"


def _typed(sentence: str) -> str:
    """A sentence in Markdown, in which what it quotes of a student is no picture.

    A picture would tell its owner who reads this and when, or have the reader's browser log out.
    """
    return escape(sentence).replace("[", "&#91;")


def _lost(cell: CellRecord, reveal: str) -> str:
    """Where an exercise lost points: the mistake if it has a name, else the first check."""
    first = next(check for check in cell.checks if check.verdict is not Outcome.PASSED)
    named = cell.diagnosis is not None and reveal != "nothing"
    why = cell.diagnosis.message if named and cell.diagnosis else first.title
    score = f"{points(cell.points)} of {points(cell.max_points)}"
    return f"- `{cell.grade_id}` {score}: {escape(why)}"


def _markdown(cell_id: str, source: str) -> Json:
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": source}


def _cell(executed: Executed, reveal: str, number: int) -> Json:
    cell, lab_cell = executed.cell, executed.cell.lab_cell
    cell_id = lab_cell.id if lab_cell else f"{OWN}{number}"
    rendered = _markdown(cell_id, cell.source)
    if lab_cell is not None and lab_cell.metadata:
        rendered["metadata"] = {"nbgrader": dict(lab_cell.metadata)}
    if cell.cell_type != "code":
        return rendered
    outputs = _outputs(executed.run) if executed.run else []
    if executed.record is not None:
        outputs = [_harmless(each) for each in outputs]
        outputs += [_table(executed.record, reveal), _points(executed.record)]
    return {
        **rendered,
        "cell_type": "code",
        "execution_count": None,
        "outputs": outputs,
    }


def _outputs(run: CellRun) -> list[Json]:
    error = [_error(run.error)] if run.error else []
    return [_output(each) for each in run.outputs] + error


def _error(error: ErrorText) -> Json:
    lines = _placeless(error.trace or f"{error.kind}: {error.text}").splitlines()
    return {
        "output_type": "error",
        "ename": error.kind,
        "evalue": error.text,
        "traceback": [*lines[:MOST_LINES], "…"] if len(lines) > MOST_LINES else lines,
    }


def _output(output: Output) -> Json:
    """One output of the student's, as nbformat has it: plain text and PNG, nothing else."""
    text = _placeless(output.text)
    if output.kind == "stream":
        name = "stderr" if output.name == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": text}
    if output.png is None:
        return {"output_type": "display_data", "metadata": {}, "data": {"text/plain": text}}
    picture = base64.b64encode(output.png).decode("ascii") + "\n"
    return {
        "output_type": "display_data",
        "metadata": {"image/png": {"alt": "a figure that this cell drew"}},
        "data": {"text/plain": text, "image/png": picture},
    }


def _placeless(text: str) -> str:
    """The text without where this machine keeps objects and libraries: warnings quote both."""
    for folder in _LIBRARIES:
        text = text.replace(folder, "")
    return _ADDRESS.sub(" at 0x…", text)


def _harmless(output: Json) -> Json:
    """The same output where nbgrader looks for failures: errors and stderr become plain text."""
    if output["output_type"] == "error":
        return {"output_type": "stream", "name": "stdout", "text": "\n".join(output["traceback"])}
    return {**output, "name": "stdout"} if output["output_type"] == "stream" else output


def _points(record: CellRecord) -> Json:
    return {
        "output_type": "execute_result",
        "execution_count": None,
        "metadata": {},
        "data": {"text/plain": repr(float(record.points))},
    }


def _table(record: CellRecord, reveal: str) -> Json:
    rows = "".join(_row(check, reveal) for check in record.checks)
    named = ""
    if record.diagnosis is not None and reveal != "nothing":
        named = f"<p><b>What seems to have happened:</b> {escape(record.diagnosis.message)}</p>"
    alone = f"<p>{escape(lent(record))}</p>" if record.lent else ""
    html = (
        f"<p><b>{points(record.points)} of {points(record.max_points)} points</b></p>{named}{alone}"
        "<table><thead><tr><th>Check</th><th>Verdict</th><th>Points</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )
    return {
        "output_type": "display_data",
        "metadata": {},
        "data": {"text/html": html, "text/plain": plain_table(record, reveal)},
    }


def _row(check: CheckRecord, reveal: str) -> str:
    words = "".join(f"<br>{escape(line)}" for line in told(check, reveal))
    return (
        f"<tr><td>{escape(check.title)}{words}</td><td>{verdict(check)}</td>"
        f"<td>{points(check.points)} / {points(check.max_points)}</td></tr>"
    )


def told(check: CheckRecord, reveal: str) -> list[str]:
    """What a student may read about a failed check, line by line, under this setting."""
    if check.verdict is Outcome.PASSED or reveal == "nothing":
        return []
    lines = [check.message] if check.message else []
    if reveal == "counterexample" and check.evidence is not None:
        shown = check.evidence.model_dump()
        lines += [f"{key}: {text}" for key, text in shown.items() if text]
    return lines


def plain_table(record: CellRecord, reveal: str) -> str:
    """The table of checks as plain text, for where HTML is not shown."""
    lines = [f"{points(record.points)} of {points(record.max_points)} points"]
    if record.diagnosis is not None and reveal != "nothing":
        lines.append(f"What seems to have happened: {record.diagnosis.message}")
    if record.lent:
        lines.append(lent(record))
    for check in record.checks:
        score = f"{points(check.points)}/{points(check.max_points)}"
        lines.append(f"{verdict(check):<12} {score:>7}  {check.title}")
        lines += [f"{'':<22}{line}" for line in told(check, reveal)]
    return "\n".join(lines)
