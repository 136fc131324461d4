"""Tables of any make are read, and what is written survives every reader and misleads none."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tiny import refused

from course.roster import forms, id_problem, read_roster
from course.tables import defused, number, read_table, write_table

# what RFC 4180 allows and nothing else: a reader that mends nothing, as LibreOffice's does not
FIELD = r'(?:"(?:[^"]|"")*"|[^",\r\n]*)'
LINE = rf"{FIELD}(?:,{FIELD})*\r\n"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def strictly_read(text: str) -> list[list[str]]:
    assert re.fullmatch(rf"(?:{LINE})*", text)
    lines = re.findall(LINE, text)
    fields = [re.findall(rf"(?:^|,)({FIELD})(?=,|\r\n)", line) for line in lines]
    return [[_unquoted(field) for field in line] for line in fields]


def _unquoted(field: str) -> str:
    return field[1:-1].replace('""', '"') if field.startswith('"') else field


@given(st.lists(st.lists(TEXT, min_size=2, max_size=4), max_size=4))
@example([["=1+1", '"', "a,b"], ["\t=x", "\r\n", "-5"]])
def test_every_text_survives_every_reader(rows: list[list[str]]) -> None:
    text = write_table(rows)
    wanted = [[defused(cell) for cell in row] for row in rows]
    assert list(csv.reader(io.StringIO(text, newline=""), strict=True)) == wanted
    assert strictly_read(text) == wanted


@given(TEXT)
def test_nothing_is_left_that_a_spreadsheet_would_run(text: str) -> None:
    cell = defused(text)
    safe = not cell.lstrip().startswith(("=", "+", "-", "@")) and not cell.startswith(
        ("\t", "\r", "\n")
    )
    assert safe or re.fullmatch(r"[+-]?[\d.,]+(e[+-]?\d+)?|-", cell, re.I)
    assert cell in (text, f"'{text}") or "\N{REPLACEMENT CHARACTER}" in cell


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+49 30 1", "'+49 30 1"),
        ("-2+3", "'-2+3"),
        ("@sum", "'@sum"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("a;=1", "a;'=1"),
        ("a\n=1", "a\n'=1"),
        ('a";\t"@x', 'a";\t"\'@x'),
        ("a; b = 1\nc-d", "a; b = 1\nc-d"),
        ("-2", "-2"),
        ("+1.5", "+1.5"),
        ("-", "-"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_formulas_are_defused_and_numbers_stay(text: str, cell: str) -> None:
    assert defused(text) == cell


@given(st.floats(-1e6, 1e6, allow_nan=False))
def test_numbers_are_numbers(value: float) -> None:
    assert abs(float(number(value)) - value) <= 5e-7
    assert write_table([[value, None]]) == f"{number(value)},\r\n"


CLASS = [["student_id", "name"], ["ada", "Lovelace, Ada"], ["jörg", 'Jörg "J" Müller']]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("first", ["", "sep=X\r\n"])
def test_tables_of_any_make_are_read(mark: str, coding: str, first: str, tmp_path: Path) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows([*CLASS, ["", ""]])
    path = tmp_path / "class.csv"
    path.write_bytes((first.replace("X", mark) + out.getvalue()).encode(coding))
    table = read_table(path)
    assert [list(table.headers), *map(list, table.rows)] == CLASS
    assert list(read_roster(path).by_id) == ["ada", "jörg"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "has no table"),
        (b"only one column\nx\n", "has no table"),
        (b"PK\3\4\0\0", "is no text"),
        (b"name,age\nAda,7\n", "no column with an id"),
        (b"student_id,name\nada,A\n,B\n", "no column with an id"),
        (b"student_id,name\nada,A\nAda,B\n", "has the id 'Ada' twice"),
        (b"student_id,name\na/b,A\n", "cannot name a folder (it has the character '/')"),
        (b"student_id,name\n=1,A\n", "cannot name a folder"),
        (b'student_id,name\n"' + b"x" * 200_000 + b'",A\n', "no CSV file"),
    ],
)
def test_a_class_list_that_cannot_be_used_is_a_sentence(
    content: bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "class.csv"
    path.write_bytes(content)
    refused(lambda: read_roster(path), "class.csv", words)
    refused(lambda: read_roster(tmp_path / "none.csv"), "cannot be read")


@pytest.mark.parametrize(
    ("header", "row", "student"),
    [
        ("Username,Email", "ada,a@example.org", "ada"),
        ("Full name,ID number,Email address", "Ada,17,a@example.org", "17"),
        ("Full name,ID number,Email address", "Ada,,a@example.org", "a@example.org"),
        ("OrgDefinedId,Username,Last Name", "#N1,#ada,Lovelace", "ada"),
        ("id,name", "ada,Ada", "ada"),
        ("Student,ID,SIS Login ID,Section", "Ada,301,ada,1", "ada"),
        ("student_id,Username", "x1,ada", "x1"),
    ],
)
def test_the_column_of_ids(header: str, row: str, student: str, tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_text(f"{header}\n{row}\n")
    assert list(read_roster(path).by_id) == [student]


@pytest.mark.parametrize(
    "other",
    [
        "Lovelace, Ada",
        "lovelaceada",
        "adalovelace",
        "ADA LOVELACE",
        "Ada_Lovelace",
        "Ada  Lövelace",
    ],
)
def test_names_are_alike_however_they_are_written(other: str) -> None:
    alike = bool(forms("Ada Lovelace") & forms(other))
    assert alike is True
    assert not forms("Ada Lovelace") & forms("Ada Loveless")
    assert forms("Jörg Müller") & forms("Mueller_Joerg")


def test_words_that_only_run_together_alike_are_other_names(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_text("student_id,name\na,Anna Lee\nb,Bob\n")
    roster = read_roster(path)
    assert roster.with_name("Ann Alee") == []
    assert [each.id for each in roster.with_name("annalee")] == ["a"]
    assert [each.id for each in roster.with_name("LEE, anna")] == ["a"]


@pytest.mark.parametrize("student", ["ada", "a@example.org", "17", "李雷", "J. Doe", "Zoë"])
def test_ids_that_can_be_folders(student: str) -> None:
    assert id_problem(student) == ""


@pytest.mark.parametrize(
    "student",
    ["", " ", ".", "..", ".ada", "a/b", "a\\b", "a\nb", "a*", "[a]", "a.", " a", "x" * 101],
)
def test_ids_that_cannot(student: str) -> None:
    assert id_problem(student)
