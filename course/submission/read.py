"""Any bytes to a student's cells, or to one sentence.

Only what grading needs is taken: type, source and the ids by which a cell may be recognised.
Outputs, execution times, and the names and user ids that Colab stores are never looked at, so that
they cannot reach anything that is written. Badges, whose links name a student's files and accounts,
are cut out of the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from course.errors import UnreadableSubmission
from course.submission.badges import without_badges
from course.submission.refused import no_json, refuse_other_files

MAX_BYTES = 64 << 20
MAX_VALUES = 4_000_000  # about 740 MB once parsed, if somebody makes them as large as can be
MAX_CELLS = 2_000
MAX_SOURCE = {"code": 1 << 16, "markdown": 1 << 20}  # characters; what no person types
MAX_CODE = 1 << 20  # characters in all code cells together: parsing them takes the judge's time
MAX_TEXT = 8 << 20  # characters in all text cells together: every page and reader gets them whole

CUT = "A cell of your notebook was left out: it is longer than {most} characters."
MUCH_TEXT = "A text cell of your notebook was left out: together they have over {most} characters."
PICTURE = (
    "A picture pasted into a text cell is not shown here: a TA finds it in the file handed in."
)
NO_TEXT = "A cell of your notebook held bytes that are no text; they are shown as \ufffd."

_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)  # never tried twice, nor if it has no end
_NO_TEXT = re.compile("[\ud800-\udfff]")  # lone surrogates: bytes or escapes that are no text


@dataclass(frozen=True)
class StudentCell:
    """One cell as it was handed in; `said` is what the student must know about reading it."""

    cell_type: str
    source: str
    grade_id: str = ""
    ids: frozenset[str] = frozenset()
    said: str = ""

    @property
    def is_code(self) -> bool:
        """Whether the student could run it."""
        return self.cell_type == "code"


def read(data: bytes) -> tuple[StudentCell, ...]:
    """The cells of a notebook; UnreadableSubmission says in one sentence why there are none."""
    if not data.strip(b" \t\r\n\0"):
        raise UnreadableSubmission("The file is empty: download the notebook again and hand it in.")
    if len(data) > MAX_BYTES:
        raise UnreadableSubmission(
            f"The file is larger than {MAX_BYTES >> 20} MB: clear all outputs and hand it in again."
        )
    refuse_other_files(data)
    cells = _cells(_notebook(_text(data)))
    if len(cells) > MAX_CELLS:
        raise UnreadableSubmission(f"The notebook has more than {MAX_CELLS} cells.")
    found = tuple(_cell(cell) for cell in cells if isinstance(cell, dict))
    if sum(len(cell.source) for cell in found if cell.is_code) > MAX_CODE:
        raise UnreadableSubmission(
            f"The notebook has more than {MAX_CODE} characters of code: hand in your work alone."
        )
    return tuple(_short(found))


def _short(cells: Iterable[StudentCell]) -> Iterator[StudentCell]:
    """The cells without those text cells that do not fit into what all together may hold."""
    left = MAX_TEXT
    for cell in cells:
        if cell.is_code or len(cell.source) <= left:
            left -= 0 if cell.is_code else len(cell.source)
            yield cell
        else:
            said = MUCH_TEXT.format(most=MAX_TEXT)
            yield replace(cell, source=f"# {said}", said=said)


def _text(data: bytes) -> str:
    """The text in whatever Unicode it is written; a few bytes that are none do not lose the rest.

    They come out as lone surrogates, which no text holds otherwise, and are named in their cell.
    """
    encoding = json.detect_encoding(data)
    bad = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    text = data.decode(encoding, bad)
    if _NO_TEXT.search(text) is None:
        return text
    if not text.lstrip().startswith("{"):
        raise UnreadableSubmission(
            "The file is no text, so it is no notebook: hand in the .ipynb file itself."
        )
    return text


def _notebook(text: str) -> dict[str, Any]:
    _refuse_crowds(text)
    try:
        # nothing here needs a number, and an int of a million digits would be an error
        notebook = json.loads(text, parse_int=float, strict=False)
    except RecursionError:
        raise UnreadableSubmission("The file is nested too deeply to be a notebook.") from None
    except ValueError:
        raise no_json(text) from None
    if not isinstance(notebook, dict):
        raise UnreadableSubmission("The file is JSON but no notebook: hand in the .ipynb file.")
    return notebook


def _refuse_crowds(text: str) -> None:
    """Refuse what would take much more memory as values than as text."""
    if _values(text) > MAX_VALUES and _values(_STRING.sub("", text)) > MAX_VALUES:
        raise UnreadableSubmission(
            f"The file holds more than {MAX_VALUES} values: clear all outputs and hand it in again."
        )


def _values(text: str) -> int:
    return text.count(",") + text.count("[") + text.count("{")


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
    source, said = _source(cell.get("source", cell.get("input", "")), MAX_SOURCE[cell_type])
    if cell_type == "markdown" and cell.get("attachments"):
        said = said or PICTURE
    return StudentCell(
        cell_type=cell_type,
        source=source if cell_type == "code" else without_badges(source),
        grade_id=_word(nbgrader.get("grade_id")),
        ids=frozenset(_word(each) for each in ids) - {""},
        said=said,
    )


def _source(source: object, most: int) -> tuple[str, str]:
    """The text of a cell, and what has to be said about it."""
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    raw = source if isinstance(source, str) else ""
    if len(raw) > most:
        said = CUT.format(most=most)
        return f"# {said}", said
    text, odd = _NO_TEXT.subn("\ufffd", raw)
    return text.replace("\r\n", "\n").replace("\r", "\n"), NO_TEXT if odd else ""


def _word(value: object) -> str:
    """A label, short enough to be repeated in a sentence, and on one line."""
    text = value[:200].encode("utf-8", "replace").decode() if isinstance(value, str) else ""
    return " ".join(text.split())
