"""Any bytes to a student's cells, or to one sentence.

Only what grading needs is taken: type, source and the ids by which a cell may be recognised.
Outputs, execution times, and the names and user ids that Colab stores are never looked at, so that
they cannot reach anything that is written.
"""

from __future__ import annotations

import codecs
import json
from dataclasses import dataclass
from typing import Any

from course.errors import UnreadableSubmission

MAX_BYTES = 64 << 20
MAX_CELLS = 2_000
MAX_SOURCE = {"code": 1 << 16, "markdown": 1 << 20}  # characters; what no person types
MAX_CODE = 1 << 20  # characters in all code cells together: parsing them takes the judge's time


@dataclass(frozen=True)
class StudentCell:
    """One cell as it was handed in."""

    cell_type: str
    source: str
    grade_id: str = ""
    ids: frozenset[str] = frozenset()

    @property
    def is_code(self) -> bool:
        """Whether the student could run it."""
        return self.cell_type == "code"


def read(data: bytes) -> tuple[StudentCell, ...]:
    """The cells of a notebook; UnreadableSubmission says in one sentence why there are none."""
    if not data.strip():
        raise UnreadableSubmission("The file is empty: download the notebook again and hand it in.")
    if len(data) > MAX_BYTES:
        raise UnreadableSubmission(
            f"The file is larger than {MAX_BYTES >> 20} MB: clear all outputs and hand it in again."
        )
    cells = _cells(_notebook(_text(data)))
    if len(cells) > MAX_CELLS:
        raise UnreadableSubmission(f"The notebook has more than {MAX_CELLS} cells.")
    found = tuple(_cell(cell) for cell in cells if isinstance(cell, dict))
    if sum(len(cell.source) for cell in found if cell.is_code) > MAX_CODE:
        raise UnreadableSubmission(
            f"The notebook has more than {MAX_CODE} characters of code: hand in your work alone."
        )
    return found


def _text(data: bytes) -> str:
    encoding = "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableSubmission(
            "The file is no text, so it is no notebook: hand in the .ipynb file itself."
        ) from None


def _notebook(text: str) -> dict[str, Any]:
    try:
        notebook = json.loads(text)
    except RecursionError:
        raise UnreadableSubmission("The file is nested too deeply to be a notebook.") from None
    except ValueError:
        cut = text.lstrip().startswith("{") and not text.rstrip().endswith("}")
        raise UnreadableSubmission(
            "The file breaks off in the middle: download the notebook again and hand it in."
            if cut
            else "The file is no notebook (no JSON): hand in the .ipynb file that Colab downloads."
        ) from None
    if not isinstance(notebook, dict):
        raise UnreadableSubmission("The file is JSON but no notebook: hand in the .ipynb file.")
    return notebook


def _cells(notebook: dict[str, Any]) -> list[Any]:
    sheets = notebook.get("worksheets")  # nbformat 3
    if isinstance(sheets, list) and "cells" not in notebook:
        found = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        return [cell for cells in found if isinstance(cells, list) for cell in cells]
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise UnreadableSubmission(
            "The file is JSON but holds no cells, so it is no notebook: hand in the .ipynb file."
        )
    return cells


def _cell(cell: dict[str, Any]) -> StudentCell:
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    nbgrader = metadata.get("nbgrader")
    nbgrader = nbgrader if isinstance(nbgrader, dict) else {}
    ids = (cell.get("id"), metadata.get("id"))
    cell_type = "code" if cell.get("cell_type") == "code" else "markdown"
    return StudentCell(
        cell_type=cell_type,
        source=_source(cell.get("source", cell.get("input", "")), MAX_SOURCE[cell_type]),
        grade_id=_word(nbgrader.get("grade_id")),
        ids=frozenset(_word(each) for each in ids) - {""},
    )


def _source(source: object, most: int) -> str:
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    text = source if isinstance(source, str) else ""
    text = text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates
    if len(text) > most:
        return f"# This cell was left out: it is longer than {most} characters."
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _word(value: object) -> str:
    return value[:200] if isinstance(value, str) else ""
