"""A graded notebook as a page shows it: text, code and outputs, within a budget of bytes.

A page is mailed and kept, so it stays small whatever a notebook printed or drew: what does not fit
is left out, and said. Only plain text and PNG are taken from outputs, as the judge stored them;
a picture's bytes go into the page unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers.python import PythonLexer

from course.cellcode import BLANK_LINE, as_written, slow_to_colour
from course.patience import Patience
from course.reports.pages.prose import prose, typed
from course.reports.pasted import Room

PICTURES = 260_000  # characters of all pictures of a page together
TEXT = 60_000  # characters of all printed text
SOURCE = 120_000  # characters of all code and text that a notebook holds
ONE_TEXT = 4_000  # characters of one output
HIGHLIGHTED = 20_000  # characters of a cell that are still coloured

SUMMARY_ID = "graded-summary"  # the cell on top that says what the page says better

_TITLE = re.compile(r"#[ \t]*@title[ \t]+(\S.{0,80})")
_PNG = re.compile(r"iVBORw0KGgo[A-Za-z0-9+/]*={0,2}")
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])?")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Shown:
    """One output: `kind` is text, error, picture or left_out; a picture is its base64 text."""

    kind: str
    text: str


@dataclass(frozen=True)
class Block:
    """One cell: prose as HTML or code as HTML, and its outputs; `grade_id` if it has one.

    `given` says what the lab's own code is called; '' for what a student may write.
    """

    kind: str
    html: Markup
    grade_id: str = ""
    outputs: tuple[Shown, ...] = ()
    given: str = ""


class _Budget:
    """How much still fits, and how long it may still take."""

    def __init__(self) -> None:
        self.patience = Patience()
        self.room = Room()
        self.left = {"picture": PICTURES, "text": TEXT, "source": SOURCE}

    def take(self, what: str, size: int) -> bool:
        fits = size <= self.left[what]
        self.left[what] -= size if fits else 0
        return fits


def blocks(cells: Iterable[dict[str, Any]]) -> list[Block]:
    """What a page shows of the cells of an autograded notebook (nbformat's JSON)."""
    budget = _Budget()
    return [_block(cell, budget) for cell in cells if cell.get("id") != SUMMARY_ID]


def _block(cell: dict[str, Any], budget: _Budget) -> Block:
    source = _text(cell.get("source", ""))
    labels = cell.get("metadata", {}).get("nbgrader", {})
    grade_id = str(labels.get("grade_id", ""))
    is_code = cell.get("cell_type") == "code"
    if not budget.take("source", len(source)):
        note = Markup("<p>This cell is left out: its {:,} characters would make the page too long.")
        return Block("left_out", note.format(len(source)), grade_id)
    if not is_code:
        text = budget.patience.spend(
            lambda: Markup(budget.room.fitted(prose(source))), lambda: typed(source)
        )
        return Block("prose", text, grade_id)
    graded = bool(labels.get("grade"))
    outputs = tuple(_outputs(cell.get("outputs", []), budget, graded))
    seen = as_written(source)
    text = budget.patience.spend(lambda: code(seen), lambda: escape(seen))
    return Block("code", text, grade_id, outputs, _given(source, labels))


def _given(source: str, labels: dict[str, Any]) -> str:
    """What to call a locked cell: as its first line does for Colab, else by what it is for."""
    if not labels.get("locked") and not labels.get("grade"):
        return ""
    named = _TITLE.match(source)
    return named[1] if named else "Visible checks" if labels.get("grade") else "Given code"


@lru_cache(maxsize=512)  # most cells are the lab's own and the same for every student
def code(source: str) -> Markup:
    """Python in colours; very long code, and what takes very long to colour, without."""
    plain = BLANK_LINE.sub("", source)
    if len(source) > HIGHLIGHTED or slow_to_colour(plain):
        return escape(source)
    return Markup(_coloured(plain).rstrip())


def _coloured(source: str) -> str:
    colour: Any = highlight  # its author gave it no types
    lexer: Any = PythonLexer
    formatter: Any = HtmlFormatter
    return str(colour(source, lexer(stripnl=False), formatter(nowrap=True)))


def _outputs(outputs: Iterable[dict[str, Any]], budget: _Budget, graded: bool) -> Iterator[Shown]:
    """A grade cell's table and points are the judge's and stand above, so they are not repeated."""
    text, size, left_out = "", 0, 0
    for output in outputs:
        kind = output.get("output_type")
        data = output.get("data", {})
        if graded and (kind == "execute_result" or "text/html" in data):
            continue
        if "image/png" in data:
            yield from _printed(text, budget)
            text = ""
            picture = "".join(_text(data["image/png"]).split())
            if _PNG.fullmatch(picture) and budget.take("picture", len(picture)):
                yield Shown("picture", picture)
            else:
                left_out, size = left_out + 1, size + len(picture)
        elif kind == "error":
            yield from _printed(text, budget)
            text = ""
            yield from _printed("\n".join(map(str, output.get("traceback", []))), budget, "error")
        else:
            text += _text(output.get("text", "") or data.get("text/plain", ""))
            text += "" if text.endswith("\n") else "\n"
    yield from _printed(text, budget)
    if left_out:
        what = "A picture is" if left_out == 1 else f"{left_out} pictures are"
        yield Shown("left_out", f"{what} left out to keep this page small ({size // 1367 + 1} kB).")


def _printed(text: str, budget: _Budget, kind: str = "text") -> Iterator[Shown]:
    shown = plain(text).strip("\n")
    if not shown.strip():
        return
    if len(shown) > ONE_TEXT:
        rest = len(shown) - ONE_TEXT
        shown = f"{shown[:ONE_TEXT]}\n… and {rest:,} more characters"
    if budget.take("text", len(shown)):
        yield Shown(kind, shown)
    else:
        yield Shown("left_out", "What was printed here is left out: this page has had enough text.")


def plain(text: str) -> str:
    """Printed text as it stands at the end: colours gone, a line that was overwritten gone."""
    lines = _ESCAPES.sub("", text).split("\n")
    return "\n".join(_UNSEEN.sub("", line.rstrip("\r").rsplit("\r", 1)[-1]) for line in lines)


def _text(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)
