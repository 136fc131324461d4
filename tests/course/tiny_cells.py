"""A lab of a few cells, and one of five exercises, for tests of what is put right."""

from dataclasses import replace
from pathlib import Path

from course.lab import Kind, Lab, LabCell
from course.submission.read import StudentCell
from course.submission.repair import Repaired

STUB = "def cost(x):\n    # YOUR CODE HERE\n    raise NotImplementedError"
SOLVED = "def cost(x):\n    return x"


def lab_cell(cell_id: str, kind: Kind, release: str, solution: str = "") -> LabCell:
    markdown = kind in ("text", "written")
    metadata = {} if kind == "text" else {"grade_id": cell_id}
    return LabCell(cell_id, kind, "markdown" if markdown else "code", release, solution, metadata)


LAB = Lab(
    "tiny",
    (
        lab_cell("intro", "text", "# Lab"),
        lab_cell("setup", "given", "import numpy as np"),
        lab_cell("cost", "solution", STUB, SOLVED),
        lab_cell("test_cost", "grade", "assert cost(1) == 1"),
        lab_cell("question", "text", "Why?"),
        lab_cell("answer", "written", "YOUR ANSWER HERE"),
    ),
    Path("tests/tiny"),
    "",
)


def handed_in(**changes: str) -> list[StudentCell]:
    """The release as a student returns it, with some cells changed."""
    return [
        StudentCell(cell.cell_type, changes.get(cell.id, cell.release), cell.grade_id, frozenset())
        for cell in LAB.cells
    ]


def bare(cells: list[StudentCell]) -> list[StudentCell]:
    return [replace(cell, grade_id="") for cell in cells]


def sources(repaired: Repaired) -> list[str]:
    return [cell.source for cell in repaired.cells]


def expected(cost: str = SOLVED, answer: str = "Because.") -> list[str]:
    return ["# Lab", "import numpy as np", cost, "assert cost(1) == 1", "Why?", answer]


def rules(repaired: Repaired) -> list[tuple[str, str]]:
    return [(each.rule, each.cell) for each in repaired.repairs]


DONE = handed_in(cost=SOLVED, answer="Because.")


def split(source: str, at: int) -> list[StudentCell]:
    """A solution cell that was split: both halves keep the id, the first keeps the label."""
    ids = frozenset({"cost"})
    return [
        StudentCell("code", source[:at], "cost", ids),
        StudentCell("code", source[at:], "", ids),
    ]


BIG = Lab(
    "big",
    tuple(
        cell
        for name in ("one", "two", "three", "four", "five")
        for cell in (
            lab_cell(
                name,
                "solution",
                f"def {name}(x):\n    raise NotImplementedError",
                f"def {name}(x):\n    return x",
            ),
            lab_cell(f"test_{name}", "grade", f"assert {name}(1)"),
        )
    ),
    Path("tests/big"),
    "",
)


def big(**changes: str) -> list[StudentCell]:
    return [
        StudentCell(cell.cell_type, changes.get(cell.id, cell.solution or cell.release), cell.id)
        for cell in BIG.cells
    ]


def at(repaired: Repaired, name: str) -> str:
    return next(c.source for c in repaired.cells if c.lab_cell and c.lab_cell.id == name)
