"""Tables as spreadsheets and LMSs write them, and tables that no spreadsheet can be misled by.

Reading is tolerant, since every LMS and every spreadsheet saves CSV in its own way. Writing is
strict: a cell of text that a spreadsheet would run as a formula gets an apostrophe in front, and a
number stays a number.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from course.errors import ConfigurationError

Cell = str | float | int | None

_MAX_BYTES = 32 << 20
_FORMULA = re.compile(r"[\s\x00]*[=+\-@＝＋－＠]|[\t\r\n]")
_WITHIN = re.compile(r"([;\t\r\n]['\"\s]*)(?=[=+\-@＝＋－＠])")  # where some begin another cell
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?|-")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]")


@dataclass(frozen=True)
class Table:
    """A table with a line of headers; every row is as long as that line."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_table(path: Path) -> Table:
    """Read a CSV file: comma, semicolon or tab, any usual encoding; ConfigurationError if not."""
    text = _decoded(path)
    if text.startswith("sep="):  # a line that spreadsheets write for themselves
        text = text.partition("\n")[2]
    try:
        lines = [row for row in csv.reader(io.StringIO(text), _dialect(text)) if any(row)]
    except csv.Error as error:
        raise ConfigurationError(
            f"{path} is no CSV file ({error}): save it again as CSV."
        ) from None
    if len(lines) < 2 or len(lines[0]) < 2:
        raise ConfigurationError(
            f"{path} has no table: a line of headers with two columns or more, then a line each."
        )
    headers = tuple(header.strip() for header in lines[0])
    width = len(headers)
    rows = tuple(tuple((row + [""] * width)[:width]) for row in lines[1:])
    return Table(headers, rows)


def _decoded(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror}).") from None
    if len(data) > _MAX_BYTES:
        raise ConfigurationError(f"{path} is larger than {_MAX_BYTES >> 20} MB: is it a table?")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        raise ConfigurationError(f"{path} is no text: save it as CSV (UTF-8).")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _dialect(text: str) -> type[csv.Dialect]:
    """The separator that splits the line of headers into the most columns."""
    first = next((line for line in text.splitlines() if line.strip()), "")

    class Dialect(csv.excel):
        delimiter = max(",;\t", key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))

    return Dialect


def defused(text: str) -> str:
    """Text that a spreadsheet shows instead of running it; numbers and a lone dash stay."""
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
    if _NUMBER.fullmatch(text):
        return text
    text = _WITHIN.sub(r"\1'", text)
    return f"'{text}" if _FORMULA.match(text) else text


def number(value: float) -> str:
    """A number as every reader takes it: at most six decimals, no trailing zeros."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def write_table(rows: Iterable[Sequence[Cell]]) -> str:
    """Write CSV as RFC 4180 has it: commas, CRLF, quotes where they are needed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_cell(cell) for cell in row])
    return out.getvalue()


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    return defused(cell) if isinstance(cell, str) else number(cell)
