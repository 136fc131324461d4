"""Reads the zoo: whole submissions written as cells, with the verdict in the file's name."""

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path

from course.lab import Lab

ZOO = Path(__file__).parents[1] / "zoo"
_CELL = re.compile(r"^# %% (?:(before|after) )?(\w+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Animal:
    """One submission of the zoo and what is stated of it."""

    name: str
    points: float
    expect: dict[str, str]
    edits: tuple[tuple[str, str, str], ...]  # (place, cell, source)

    def notebook(self, lab: Lab) -> bytes:
        """The submission as a notebook file."""
        cells = []
        for cell in lab.cells:
            solved = self.expect["base"] == "solved" and cell.kind == "solution"
            source = self._at("", cell.grade_id) or [cell.solution if solved else cell.release]
            metadata = {"nbgrader": dict(cell.metadata)} if cell.metadata else {}
            own = [_code(each) for each in self._at("before", cell.grade_id)]
            own.append({"cell_type": cell.cell_type, "metadata": metadata, "source": source[0]})
            cells += [*own, *[_code(each) for each in self._at("after", cell.grade_id)]]
        return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}).encode()

    def _at(self, place: str, cell: str) -> list[str]:
        return [source for *where, source in self.edits if where == [place, cell] and cell]


def _code(source: str) -> dict[str, object]:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": []}


def read(path: Path) -> Animal:
    """One file of the zoo."""
    text = path.read_text(encoding="utf-8")
    story = ast.get_docstring(ast.parse(text)) or ""
    expect = dict(re.findall(r"^(base|status|says|hides): (.+)$", story, re.MULTILINE))
    parts = _CELL.split(text)[1:]
    edits = tuple(zip(parts[::3], parts[1::3], (each.strip() for each in parts[2::3]), strict=True))
    points = float(path.stem.rpartition("__")[2])
    return Animal(path.stem, points, expect, tuple((p or "", c, s) for p, c, s in edits))


def animals(folder: str) -> list[Animal]:
    """Every submission below one folder of the zoo."""
    return [read(path) for path in sorted((ZOO / folder).glob("*.py"))]
