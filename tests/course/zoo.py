"""Reads the zoo: whole submissions written as cells, with the verdict in the file's name."""

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.lab import Lab

ZOO = Path(__file__).parents[1] / "zoo"
_CELL = re.compile(r"^# %% (?:(before|after) )?(\w+)\n", re.MULTILINE)
_WORDS = "base|tier|status|student|slow|says|hides"
_STATED = re.compile(rf"^({_WORDS})(?: in (\w+))?: (.+)$", re.MULTILINE)
_PLACE = re.compile(r"<(\w+)>")


@dataclass(frozen=True)
class Animal:
    """One submission of the zoo and what is stated of it."""

    name: str
    points: float
    stated: tuple[tuple[str, str, str], ...]  # (what, in which tier or '', text)
    edits: tuple[tuple[str, str, str], ...]  # (place, cell, source)
    program: str  # of a file without cells: it makes the bytes itself

    def all(self, what: str, tier: str = "") -> list[str]:
        """Every line of the docstring that begins with `what`, for this tier."""
        return [text for key, of, text in self.stated if key == what and of in ("", tier)]

    def one(self, what: str, otherwise: str = "") -> str:
        """The one line of the docstring that begins with `what`."""
        return next(iter(self.all(what)), otherwise)

    def file(self, lab: Lab, places: Mapping[str, object] = {}) -> bytes:
        """The submission as it is handed in; `<name>` in a cell stands for one of `places`."""
        notebook = self._notebook(lab, places)
        if not self.program:
            return json.dumps(notebook).encode()
        namespace: dict[str, Any] = {}
        exec(compile(self.program, self.name, "exec"), namespace)  # a file of ours, not a student's
        made: bytes = namespace["file"](notebook)
        return made

    def _notebook(self, lab: Lab, places: Mapping[str, object]) -> dict[str, Any]:
        cells = []
        for cell in lab.cells:
            solved = self.one("base") == "solved" and cell.kind == "solution"
            source = self._at("", cell.grade_id) or [cell.solution if solved else cell.release]
            metadata = {"nbgrader": dict(cell.metadata)} if cell.metadata else {}
            own = [_code(each) for each in self._at("before", cell.grade_id)]
            own.append({"cell_type": cell.cell_type, "metadata": metadata, "source": source[0]})
            cells += [*own, *[_code(each) for each in self._at("after", cell.grade_id)]]
        for each in cells:
            each["source"] = _PLACE.sub(
                lambda found: str(places.get(found[1], found[0])), each["source"]
            )
        return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}

    def _at(self, place: str, cell: str) -> list[str]:
        return [source for *where, source in self.edits if where == [place, cell] and cell]


def _code(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": []}


def read(path: Path) -> Animal:
    """One file of the zoo."""
    text = path.read_text(encoding="utf-8")
    head = text[: first.start()] if (first := _CELL.search(text)) else text
    story = ast.get_docstring(ast.parse(head)) or ""
    stated = tuple((key, tier, said) for key, tier, said in _STATED.findall(story))
    parts = _CELL.split(text)[1:]
    edits = tuple(zip(parts[::3], parts[1::3], (each.strip() for each in parts[2::3]), strict=True))
    points = float(path.stem.rpartition("__")[2])
    program = "" if edits else text
    return Animal(path.stem, points, stated, tuple((p or "", c, s) for p, c, s in edits), program)


def animals(folder: str) -> list[Animal]:
    """Every submission below one folder of the zoo."""
    return [read(path) for path in sorted((ZOO / folder).glob("*.py"))]
