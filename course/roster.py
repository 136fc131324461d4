"""The class list: who hides behind an LMS's name, number, login or e-mail.

Any table that an LMS exports will do (Canvas's gradebook, Moodle's grading worksheet, a Brightspace
or Blackboard grade export), or one that an instructor writes. Two students who cannot be told apart
are never guessed at.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cached_property, lru_cache
from pathlib import Path

from course.errors import ConfigurationError
from course.tables import Table, read_table
from course.times import parse_time

# how headers are called, without case, spaces and punctuation
_HEADERS: Mapping[str, tuple[str, ...]] = {
    "login": ("sisloginid", "username", "login", "loginid", "benutzername", "anmeldename"),
    "email": ("emailaddress", "email", "mail", "emailadresse"),
    "name": ("fullname", "student", "name", "displayname", "studentname", "vollständigername"),
    "first": ("firstname", "givenname", "first", "vorname"),
    "last": ("lastname", "surname", "familyname", "last", "nachname"),
    "number": ("idnumber", "sisuserid", "orgdefinedid", "sid", "matriculationnumber"),
    "submitted": ("submitted", "submittedat", "lastmodifiedsubmission", "submissiontime"),
}
_MOST_WORDS = 16  # of a name that may stand in any rotation; what students call files has hundreds
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\[\]\x00-\x1f\x7f]')


@dataclass(frozen=True)
class Student:
    """One line of the class list. `numbers` holds every identifying column by its plain header."""

    id: str
    name: str = ""
    email: str = ""
    login: str = ""
    submitted: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def forms(self) -> frozenset[str]:
        """Every way in which this name may be written."""
        return forms(self.name)


@dataclass(frozen=True)
class Roster:
    """A class list that was read: its students, and how its table looked."""

    path: Path
    table: Table
    id_column: str
    students: tuple[Student, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Student]:
        """The students by their ids, in the order of the list."""
        return {student.id: student for student in self.students}

    @cached_property
    def _by_form(self) -> Mapping[str, Sequence[Student]]:
        """The students by every form of their names: thousands of files may be asked about."""
        found: dict[str, list[Student]] = defaultdict(list)
        for student in self.students:
            for form in student.forms:
                found[form].append(student)
        return found

    @cached_property
    def _by_mark(self) -> Mapping[str, Sequence[Student]]:
        """The students by id, login and e-mail, whatever the case."""
        found: dict[str, list[Student]] = defaultdict(list)
        for student in self.students:
            for mark in (student.id, student.login, student.email):
                found[mark.casefold()].append(student)
        return found

    @cached_property
    def _by_number(self) -> Mapping[tuple[str, str], Sequence[Student]]:
        """The students by column and number."""
        found: dict[tuple[str, str], list[Student]] = defaultdict(list)
        for student in self.students:
            for column, text in student.numbers.items():
                # Moodle's worksheet writes "Participant 1234" where its folders have 1234
                found[column, text.split(" ")[-1]].append(student)
        return found

    def with_mark(self, marks: Iterable[str]) -> list[Student]:
        """Everybody who has one of these for an id, a login or an e-mail."""
        asked = {mark.casefold() for mark in marks if mark}
        return [student for mark in asked for student in self._by_mark.get(mark, ())]

    def with_number(self, columns: Iterable[str], numbers: Iterable[str]) -> list[Student]:
        """Everybody who has one of these numbers in one of the columns of such numbers."""
        asked = {number for number in numbers if number}
        places = ((column, number) for column in columns for number in asked)
        return [student for place in places for student in self._by_number.get(place, ())]

    def with_name(self, name: str) -> list[Student]:
        """Everybody whose name can be written like this one.

        Only a name of one word is taken for one that an LMS has squeezed together.
        """
        asked = forms(name)
        asked = frozenset(each for each in asked if " " in each) or asked
        found = {student.id: student for each in asked for student in self._by_form.get(each, ())}
        return list(found.values())

    def column(self, plain_header: str) -> str:
        """A column's header as the table writes it; '' when there is none."""
        return next((each for each in self.table.headers if plain(each) == plain_header), "")


def plain(text: str) -> str:
    """A header or a name without case, spaces and punctuation."""
    return "".join(c for c in unicodedata.normalize("NFC", text).casefold() if c.isalnum())


@lru_cache(maxsize=4096)  # the same folder is around thousands of files
def forms(name: str) -> frozenset[str]:
    """How a name may be written: its words in any rotation, apart or together, without accents."""
    found = set()
    spelled = name.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    for variant in (name.casefold(), spelled):
        marked = unicodedata.normalize("NFKD", variant)
        bare = "".join(c for c in marked if not unicodedata.combining(c))
        words = re.findall(r"[^\W_]+", bare)
        turns = len(words) if len(words) <= _MOST_WORDS else 1
        for rotated in (words[i:] + words[:i] for i in range(turns)):
            found |= {" ".join(rotated), "".join(rotated)}
    return frozenset(found)


def id_problem(student: str) -> str:
    """Why a student's id cannot be a folder's name here and in nbgrader; '' when it can."""
    if not student.strip():
        return "it is empty"
    if student != student.strip() or student[0] in ".=+-@'" or student[-1] == ".":
        return "it begins or ends with a mark that files or spreadsheets take for something else"
    if found := _FORBIDDEN.search(student):
        return f"it has the character {found[0]!r}"
    if len(student.encode("utf-8", "replace")) > 100 or not student.isprintable():
        return "it is too long, or not printable"
    return ""


def read_roster(path: Path) -> Roster:
    """Read a class list; ConfigurationError when a line of it cannot be used."""
    table = read_table(path)
    places = {plain(header): index for index, header in enumerate(table.headers)}
    rows = [row for row in table.rows if not _is_no_student(row, places)]
    column = _id_column(path, table, places, rows)
    students = [_student(table, places, row, column) for row in rows]
    _refuse_bad(path, students)
    return Roster(path, table, table.headers[column], tuple(students))


def is_canvas(places: Iterable[str]) -> bool:
    """Whether headers are those of Canvas's gradebook, where `ID` is Canvas's own number."""
    return {"student", "id", "section"} <= set(places)


def _is_no_student(row: Sequence[str], places: Mapping[str, int]) -> bool:
    """Canvas writes the points possible and a student for tests among the students."""
    if not any(cell.strip() for cell in row):
        return True
    if not is_canvas(places):
        return False
    name = row[places["student"]].strip()
    return name in ("Points Possible", "Student, Test") or not row[places["id"]].strip()


def _id_column(
    path: Path, table: Table, places: Mapping[str, int], rows: Sequence[Sequence[str]]
) -> int:
    """The first column of ids that every student has a value in."""
    own = () if is_canvas(places) else ("id",)
    wanted = ("studentid", *own, *_HEADERS["login"], *_HEADERS["number"], *_HEADERS["email"])
    for header in wanted:
        index = places.get(header)
        if index is not None and rows and all(row[index].strip() for row in rows):
            return index
    raise ConfigurationError(
        f"{path} has no column with an id for every student: add one that is called student_id, "
        f"or fill one of those that it has ({', '.join(table.headers)[:200]})."
    )


def _student(table: Table, places: Mapping[str, int], row: Sequence[str], column: int) -> Student:
    def get(what: str) -> str:
        found = (row[places[header]] for header in _HEADERS[what] if header in places)
        return next((cell.strip().removeprefix("#") for cell in found if cell.strip()), "")

    name = get("name") or f"{get('first')} {get('last')}".strip()
    numbers = {header: row[index].strip().removeprefix("#") for header, index in places.items()}
    return Student(
        id=unicodedata.normalize("NFC", row[column].strip().removeprefix("#")),
        name=name,
        email=get("email"),
        login=get("login"),
        submitted=get("submitted"),
        numbers={header: cell for header, cell in numbers.items() if cell},
        columns=dict(zip(table.headers, row, strict=True)),
    )


def _refuse_bad(path: Path, students: Sequence[Student]) -> None:
    seen: dict[str, str] = {}
    for student in students:
        if problem := id_problem(student.id):
            raise ConfigurationError(
                f"{path} gives {student.name or 'a student'} the id {student.id!r}, which cannot "
                f"name a folder ({problem}): add a column student_id with ids that can."
            )
        other = seen.setdefault(student.id.casefold(), student.id)
        if other is not student.id:
            raise ConfigurationError(
                f"{path} has the id {student.id!r} twice: give each student one line."
            )


def submission_time(student: Student, roster: Roster, zone: tzinfo | None) -> datetime | None:
    """When a student handed in, if the class list says so; ConfigurationError if unreadable."""
    if student.submitted in ("", "-"):
        return None
    where = f"{roster.path}, {student.id}"
    return parse_time(student.submitted, zone, where)
