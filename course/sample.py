"""A sample class: made-up students whose notebooks look as Colab writes them, with stated marks.

Who they are, what they typed and what that is worth stands with the lab's checks, in
`tests/<lab>/sample_class.py`. Here it becomes files under `submitted/`, made from the released
notebook, so that a demonstration or a test begins where a real class does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from course import colab
from course.config import Settings
from course.errors import ConfigurationError
from course.judge.collection import module_beside
from course.record import Record

Json = dict[str, Any]
MODULE = "sample_class"


class Sample(Protocol):
    """One made-up student: what `SAMPLES` of a lab's `sample_class.py` holds."""

    @property
    def student(self) -> str:
        """The id, and so the folder's name."""

    @property
    def story(self) -> str:
        """What this submission shows, in a few words."""

    @property
    def cells(self) -> Mapping[str, str]:
        """What was typed, by grade_id; the other cells are as released."""

    @property
    def extra(self) -> Sequence[str]:
        """Code cells of the student's own, put before the first one that was released."""

    @property
    def shape(self) -> str:
        """How the notebook was saved: a key of `SHAPES`."""

    @property
    def marks(self) -> Mapping[str, float]:
        """What the checks must give, by grade cell."""

    @property
    def points(self) -> float:
        """What the checks must give in all."""


def load_class(settings: Settings, lab_name: str) -> tuple[Sample, ...]:
    """The lab's sample class; ConfigurationError when it has none."""
    folder = settings.root / "tests" / lab_name
    module = module_beside(folder, MODULE)
    if module is None:
        raise ConfigurationError(f"{lab_name} has no sample class: write {folder / MODULE}.py.")
    return tuple(module.SAMPLES)


def hand_in(settings: Settings, lab_name: str, sample: Sample) -> Path:
    """Write one sample's notebook under `submitted/` and return its path; the lab is released."""
    released = settings.folder("release") / lab_name / f"{lab_name}.ipynb"
    notebook = json.loads(released.read_text(encoding="utf-8"))
    cells = [*map(_own_cell, sample.extra), *_filled(notebook["cells"], sample)]
    name, text = SHAPES[sample.shape](cells, sample.student, f"{lab_name}.ipynb")
    path = settings.folder("submitted") / sample.student / lab_name / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def differences(record: Record, sample: Sample) -> list[str]:
    """Where a graded sample got other marks than it should, in words; nothing where it did not."""
    got = {cell.grade_id: cell.points for cell in record.automatic}
    names = sorted({**got, **sample.marks})
    pairs = {name: (got.get(name, 0.0), sample.marks.get(name, 0.0)) for name in names}
    return [
        f"{sample.student}: {name} gave {points:g} points and should have given {stated:g}."
        for name, (points, stated) in pairs.items()
        if abs(points - stated) > 1e-9
    ]


def _filled(cells: list[Json], sample: Sample) -> list[Json]:
    unknown = set(sample.cells) - set(map(_grade_id, cells))
    if unknown:
        raise ConfigurationError(
            f"The sample {sample.student} fills in {min(unknown)!r}, which is no cell of the lab."
        )
    return [
        {**cell, "source": sample.cells.get(_grade_id(cell), "".join(cell["source"]))}
        for cell in cells
    ]


def _grade_id(cell: Json) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _own_cell(source: str) -> Json:
    identity = colab.new_id(source)
    return {"cell_type": "code", "id": identity, "metadata": {}, "source": source}


def _plain(cells: list[Json], student: str, name: str) -> tuple[str, str]:
    return name, colab.uploaded_to_jupyter(cells)


def _drive(cells: list[Json], student: str, name: str) -> tuple[str, str]:
    return name, colab.downloaded(cells, student)


def _github(cells: list[Json], student: str, name: str) -> tuple[str, str]:
    return name, colab.saved_to_github(cells, name)


def _copy_of(cells: list[Json], student: str, name: str) -> tuple[str, str]:
    return f"Copy of {name}", colab.downloaded(cells, student)


def _no_metadata(cells: list[Json], student: str, name: str) -> tuple[str, str]:
    return name, colab.downloaded(colab.without_labels(cells), student)


def _truncated(cells: list[Json], student: str, name: str) -> tuple[str, str]:
    text = colab.downloaded(cells, student)
    return name, text[: len(text) // 2]


def _empty(cells: list[Json], student: str, name: str) -> tuple[str, str]:
    return name, ""


SHAPES: Mapping[str, Callable[[list[Json], str, str], tuple[str, str]]] = {
    "plain": _plain,
    "drive": _drive,
    "github": _github,
    "copy-of": _copy_of,
    "no-metadata": _no_metadata,
    "truncated": _truncated,
    "empty": _empty,
}
"""How a notebook was saved, by name: gives the file's name and its text."""
