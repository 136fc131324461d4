"""A lab as its author made it: the source notebook, what was released of it, and its checks.

The source notebook holds the solutions and the release what students got. Both are read, and a
release that is not what the source gives today is refused: graded against the wrong cells, marks
would be wrong without anybody noticing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from course.cellcode import study
from course.config import Settings
from course.errors import ConfigurationError

Kind = Literal["text", "given", "solution", "grade", "written"]

CHANGED = (
    "{lab} was changed while it was being graded: run `course autograde {lab}` again, "
    "and leave its notebooks and checks as they are meanwhile."
)

_HIDDEN = re.compile(
    r"^### BEGIN HIDDEN TESTS\n.*?^### END HIDDEN TESTS\n?", re.DOTALL | re.MULTILINE
)
_MARKS = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*\n?", re.MULTILINE)


@dataclass(frozen=True)
class LabCell:
    """One cell of a lab: as released, and with its solution."""

    id: str
    kind: Kind
    cell_type: str
    release: str
    solution: str
    metadata: Mapping[str, Any]

    @property
    def grade_id(self) -> str:
        """The cell's name in nbgrader; '' for plain text."""
        return str(self.metadata.get("grade_id", ""))

    @property
    def points(self) -> float:
        """What the cell is worth; 0 unless it is graded."""
        return float(self.metadata.get("points", 0)) if self.metadata.get("grade") else 0.0

    @property
    def locked(self) -> bool:
        """Whether it is always taken from the lab, whatever a student made of it."""
        return self.kind in ("given", "grade")

    @cached_property
    def defines(self) -> frozenset[str]:
        """The names that a solution must define: those of the stub, or if it has none, its own."""
        if self.kind != "solution":
            return frozenset()
        solved = study(self.solution).names
        return study(self.release).names & solved or solved


@dataclass(frozen=True, eq=False)
class Exercise:
    """What a student fills in, and the grade cells that come next: they judge it."""

    solutions: tuple[LabCell, ...]
    grade_ids: tuple[str, ...]

    @cached_property
    def defines(self) -> tuple[str, ...]:
        """The names that its solutions must define."""
        return tuple(name for cell in self.solutions for name in sorted(cell.defines))


@dataclass(frozen=True)
class Lab:
    """A lab, ready to be graded."""

    name: str
    cells: tuple[LabCell, ...]
    checks_folder: Path
    source_hash: str

    @property
    def graded(self) -> tuple[LabCell, ...]:
        """The cells that carry points, in the notebook's order."""
        return tuple(cell for cell in self.cells if cell.kind in ("grade", "written"))

    @cached_property
    def exercises(self) -> tuple[Exercise, ...]:
        """The lab's exercises, in order; solutions that no grade cell follows are none."""
        found: list[Exercise] = []
        solutions: tuple[LabCell, ...] = ()
        for cell in self.cells:
            if cell.kind == "solution":
                solutions += (cell,)
            elif cell.kind == "grade" and (solutions or not found):
                found.append(Exercise(solutions, (cell.grade_id,)))
                solutions = ()
            elif cell.kind == "grade":
                last = found.pop()
                found.append(Exercise(last.solutions, (*last.grade_ids, cell.grade_id)))
        return tuple(found)

    @cached_property
    def bound(self) -> frozenset[str]:
        """Every name that a cell of the lab binds, in the release or with the solutions."""
        texts = (text for cell in self.cells for text in (cell.release, cell.solution))
        return frozenset(name for text in texts for name in study(text).bound)

    @property
    def max_points(self) -> float:
        """What the whole lab is worth, written answers included."""
        return sum(cell.points for cell in self.graded)

    @classmethod
    def load(cls, settings: Settings, name: str) -> Lab:
        """Read a lab; ConfigurationError says in one sentence why it cannot be graded."""
        places = source_path, release_path, checks = _places(settings, name)
        source = _read(source_path, f"There is no lab {name!r}", known_labs(settings))
        release = _read(
            release_path, f"{name} has not been released", f"run `course release {name}`"
        )
        cells = tuple(
            _pair(name, solved, released)
            for solved, released in _zip(name, source["cells"], release["cells"])
        )
        _refuse_doubles(name, cells)
        return cls(name, cells, checks, _hash(*places))

    def is_as_read(self, settings: Settings) -> bool:
        """Whether its files still are what they were when it was read."""
        return _hash(*_places(settings, self.name)) == self.source_hash


def checks_folder(settings: Settings, name: str) -> Path:
    """Where the hidden checks of a lab lie."""
    return settings.root / "tests" / name


def _places(settings: Settings, name: str) -> tuple[Path, Path, Path]:
    """Where everything lies that decides a mark: source, release and checks."""
    steps = (settings.folder(step) for step in ("source", "release"))
    source, release = (folder / name / f"{name}.ipynb" for folder in steps)
    return source, release, checks_folder(settings, name)


def known_labs(settings: Settings) -> str:
    """What to do when a lab's name is not known: the names that are."""
    labs = sorted(path.stem for path in settings.folder("source").glob("*/*.ipynb"))
    return f"the course has {', '.join(labs)}" if labs else "put one under source/"


def _read(path: Path, problem: str, remedy: str) -> dict[str, Any]:
    try:
        notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(f"{problem}: {path} does not exist; {remedy}.") from None
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}.") from None
    return notebook


def _zip(name: str, source: list[Any], release: list[Any]) -> list[tuple[Any, Any]]:
    if [cell.get("id") for cell in source] != [cell.get("id") for cell in release]:
        raise _stale(name)
    return list(zip(source, release, strict=True))


def _pair(name: str, source: dict[str, Any], release: dict[str, Any]) -> LabCell:
    metadata = release["metadata"].get("nbgrader", {})
    kind = _kind(metadata)
    solved = "".join(source["source"])
    released = "".join(release["source"])
    visible = _HIDDEN.sub("", solved).rstrip("\n")
    if kind in ("given", "grade") and visible != released.rstrip("\n"):
        raise _stale(name)
    return LabCell(
        id=release["id"],
        kind=kind,
        cell_type=release["cell_type"],
        release=released,
        solution=_MARKS.sub("", visible),
        metadata=metadata,
    )


def _kind(metadata: Mapping[str, Any]) -> Kind:
    match bool(metadata.get("grade")), bool(metadata.get("solution")):
        case True, True:
            return "written"
        case True, False:
            return "grade"
        case False, True:
            return "solution"
    return "given" if metadata.get("grade_id") else "text"


def _stale(name: str) -> ConfigurationError:
    return ConfigurationError(
        f"release/{name} is not what source/{name} gives now: run `course release {name}`."
    )


def _refuse_doubles(name: str, cells: tuple[LabCell, ...]) -> None:
    named = [cell.grade_id for cell in cells if cell.grade_id]
    twice = sorted({grade_id for grade_id in named if named.count(grade_id) > 1})
    if twice:
        raise ConfigurationError(f"source/{name} uses the grade_id {twice[0]!r} twice: rename one.")


def _hash(*places: Path) -> str:
    """One hash over everything that decides a mark; bytecode and hidden files left out."""
    digest = hashlib.sha256()
    for place in places:
        files = [place] if place.is_file() else sorted(place.rglob("*"))
        for file in files:
            inside = file.relative_to(place.parent)
            hidden = any(part.startswith((".", "__pycache__")) for part in inside.parts)
            if file.is_file() and not hidden:
                digest.update(str(inside).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
