"""What a lab calls itself and its exercises: the headings of its notebook, as students know it."""

from __future__ import annotations

import re

from course.lab import Lab, LabCell

_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_WORTH = re.compile(r"\s*\([0-9.]+ points?\)$")  # the page says it anyway
_MARKUP = re.compile(r"[`*$\\]")


def lab_title(lab: Lab) -> str:
    """The first heading of the notebook, or the lab's name."""
    for cell in lab.cells:
        if cell.cell_type == "markdown" and (found := _HEADING.search(cell.release)):
            return _plain(found[1])
    return lab.name


def exercises(lab: Lab) -> dict[str, tuple[str, tuple[str, ...]]]:
    """What each graded cell is called, and the cells that a student fills in for it, by grade_id.

    The title is the heading above each of those cells; without one, the name of the cell.
    """
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    whole, heading, titles, answers = lab_title(lab), "", [], []
    for cell in lab.cells:
        heading = _heading(cell) or heading
        heading = "" if heading == whole else heading
        if cell.kind in ("solution", "written"):
            titles.append(heading)
            answers.append(cell.grade_id)
        if cell.kind in ("grade", "written"):
            named = " and ".join(dict.fromkeys(filter(None, titles)))
            found[cell.grade_id] = named or cell.grade_id, tuple(answers)
            heading, titles, answers = "", [], []
    return found


def _heading(cell: LabCell) -> str:
    if cell.cell_type != "markdown" or cell.kind != "text":
        return ""
    headings = _HEADING.findall(cell.release)
    return _plain(headings[-1]) if headings else ""


def _plain(heading: str) -> str:
    return _WORTH.sub("", _MARKUP.sub("", heading).strip())
