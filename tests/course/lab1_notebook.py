"""Lab 1's notebook for its tests: as written, as released, and with answers typed in."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course.config import load_settings
from course.release import release_text

REPOSITORY = Path(__file__).parents[2]
SOURCE = REPOSITORY / "source" / "lab1" / "lab1.ipynb"
SOLUTION = re.compile(r"[ \t]*### BEGIN SOLUTION\n(.*?)[ \t]*### END SOLUTION\n?", re.DOTALL)


def read_source() -> NotebookNode:
    """The source notebook."""
    return nbformat.read(SOURCE, as_version=4)


def make_release() -> NotebookNode:
    """What nbgrader's own generator makes of the source notebook, without writing it anywhere."""
    return nbformat.reads(release_text(load_settings(REPOSITORY), "lab1"), as_version=4)


def grade_id(cell: NotebookNode) -> str:
    """The cell's name in nbgrader, or ''."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def kind(cell: NotebookNode) -> str:
    """What nbgrader makes of the cell: text, given, solution, grade or written."""
    marks = cell.metadata.get("nbgrader")
    if marks is None:
        return "text"
    if marks["solution"]:
        return "written" if marks["grade"] else "solution"
    return "grade" if marks["grade"] else "given"


def solutions(source: NotebookNode) -> dict[str, str]:
    """Each solution cell as a student would have it: the marks of the region taken out."""
    return {
        grade_id(cell): SOLUTION.sub(r"\1", cell.source)
        for cell in source.cells
        if kind(cell) == "solution"
    }


def typed_in(release: NotebookNode, answers: dict[str, str]) -> NotebookNode:
    """The release with these solution cells in place of its stubs."""
    notebook = copy.deepcopy(release)
    for cell in notebook.cells:
        cell.source = answers.get(grade_id(cell), cell.source)
    return notebook
