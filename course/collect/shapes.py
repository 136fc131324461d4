r"""How each LMS names what it exports: one pattern each, side by side, with an example.

A pattern is searched in a file's path, which goes through archives like through folders, so that a
student's own zip is looked into. The names of its groups are what `read` makes a `Claim` of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Any

from course.collect.claims import Claim
from course.collect.intake import ARCHIVES

# how the names of months begin, in English and in German
_MONTHS = (
    *("jan", "feb", "mar|mär|mrz", "apr", "may|mai", "jun"),
    *("jul", "aug", "sep", "oct|okt", "nov", "dec|dez"),
)


@dataclass(frozen=True)
class Shape:
    """One LMS's way of naming files. `sure` shapes carry marks that nothing else has.

    What must stand `once` in a name that no folder parts from that of the student's file: of two,
    a student's own name or file has one, and nobody can tell which. `number_again` finds what may
    be the number instead of the first that looks like it, and whether that is marked as late.
    """

    name: str
    title: str
    example: str
    patterns: tuple[re.Pattern[str], ...]
    asides: re.Pattern[str] | None = None
    number_columns: tuple[str, ...] = ()
    sure: bool = True
    time_is_entrys: bool = False
    once: re.Pattern[str] | None = None
    number_again: re.Pattern[str] | None = None

    def match(self, path: str) -> re.Match[str] | None:
        """The first pattern that fits a path."""
        return next((found for each in self.patterns if (found := each.search(path))), None)

    def is_unclear(self, path: str, found: re.Match[str]) -> bool:
        """Whether a name, as it was found in a path, can be read in two ways."""
        if self.once is None or path[found.start("file") - 1] == "/":
            return False
        name = path[found.start() :].lstrip("/").partition("/")[0]
        return len(self.once.findall(name)) > 1

    def other_numbers(self, path: str, found: re.Match[str]) -> list[tuple[str, str]]:
        """What else may be the number, in a name as it was found in a path, each with its mark."""
        if self.number_again is None:
            return []
        return self.number_again.findall(path[found.end("number") :].partition("/")[0])

    def is_aside(self, path: str) -> bool:
        """Whether the LMS wrote this file itself."""
        return self.asides is not None and bool(self.asides.search(path))


def _shape(
    name: str, title: str, example: str, *patterns: str, asides: str = "", **more: Any
) -> Shape:
    compiled = tuple(re.compile(pattern, re.DOTALL) for pattern in patterns)
    aside = re.compile(asides, re.DOTALL) if asides else None
    return Shape(name, title, example, compiled, aside, **more)


_LONGEST_COUNT = 30  # digits
_MOST_FIELDS = 16  # of what may be a login; a student's file may look like one of hundreds
_FILE = r"(?P<file>.+)$"
_AN_ARCHIVE = "|".join(rf"(?<={re.escape(ending)})" for ending in ARCHIVES)
# what ends a folder's name is the LMS's; the same before it is of a student who chose that name
_MOODLE = "_assignsubmission_(?:file|onlinetext)"
# what Canvas leaves of a name, marks of Hindi or Thai among it; in place of a name that is not of
# this form, whatever lies in that student's archive would be read
_LETTER = r"[^\x00-/:-@\[-^`{-\x7f]"
_DAY = r"(?:[^\W\d_]+\.? \d{1,2}|\d{1,2}\.? [^\W\d_]+\.?),? \d{4},? \d{3,4}(?: ?[AP]M)?"

SHAPES: Mapping[str, Shape] = {
    each.name: each
    for each in (
        _shape(
            "canvas",
            "Canvas",
            "lovelaceada_LATE_1234_56789_lab1.ipynb",
            r"(?:^|/)(?P<late>LATE_)?(?P<number>anon_[^\W_]+)_(?P<sequence>\d+)_" + _FILE,
            rf"(?:^|/)(?P<name>{_LETTER}*?)(?P<late>_LATE)?_(?P<number>\d+)_(?P<sequence>\d+)_"
            + _FILE,
            rf"(?:^|/)(?P<name>{_LETTER}*?)(?P<late>_LATE)?_(?P<number>\d+)"
            r"_(?P<file>(?:text|link)\.html)$",
            number_columns=("id", "canvasid", "lmsid"),
            number_again=re.compile(r"(_LATE)?_(\d+)(?=_(?:\d+_|(?:text|link)\.html$))"),
        ),
        _shape(
            "moodle",
            "Moodle",
            "Ada Lovelace_1234_assignsubmission_file_/lab1.ipynb",
            rf"(?:^|/)(?P<name>[^/]+?)_(?P<number>\d+){_MOODLE}(?:_?/|_(?![^/]*{_MOODLE}_?/))"
            + _FILE,
            number_columns=("identifier", "participant", "moodleid", "lmsid"),
            once=re.compile(rf"_\d+{_MOODLE}(?=_)"),
        ),
        _shape(
            "brightspace",
            "Brightspace",
            "12345-67890 - Ada Lovelace - Jan 31, 2027 1159 PM/lab1.ipynb",
            r"(?:^|/)\d+-\d+ - (?:(?P<number>#?(?=[\w.]*\d)[\w.]++) - )?(?P<name>[^/]+?) ?- "
            rf"(?P<time>{_DAY})(?:/| - (?![^/]*- {_DAY}/)){_FILE}",
            asides=r"(?:^|/)index\.html$",
            number_columns=("orgdefinedid", "sid", "lmsid"),
            once=re.compile(rf"- {_DAY}(?= - )"),
        ),
        _shape(
            "blackboard",
            "Blackboard",
            "Lab 1_alovelace_attempt_2027-01-31-23-59-12_lab1.ipynb",
            r"(?:^|/)[^/_]*_(?P<login>[^/]+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})_" + _FILE,
            asides=r"_attempt_\d{4}(?:-\d\d){5}\.txt$",
        ),
        _shape(
            "gradescope",
            "Gradescope",
            "assignment_12_export/submission_345/lab1.ipynb",
            r"(?:^|/)(?P<key>submission_\d+)/" + _FILE,
            asides=r"(?:^|/)submission_metadata\.yml$",
            number_columns=("sid", "studentid", "sisuserid", "idnumber", "orgdefinedid"),
        ),
        _shape(
            "ilias",
            "ILIAS",
            "Lovelace_Ada_alovelace_1234/lab1.ipynb",
            # a name in other letters than Latin is nothing but underscores; a folder around those
            # of all students may be called like one of them
            r"(?:^|/)(?P<name>[^/_]*_[^/_]*)_(?P<login>[^/]+)_(?P<number>\d+)/"
            r"(?![^/_]*_[^/_]*_[^/]+_\d+/)"
            r"(?P<late>(?:Late Submission|Versp(?:ä|ae|a)tete Abgabe|Nachz(?:ü|ue|u)gler) - )?"
            r"(?:(?P<time>\d{14})_)?" + _FILE,
            asides=r"(?:^|/)status\.(?:xlsx|csv)$",
            number_columns=("usrid", "iliasid", "lmsid"),
            time_is_entrys=True,
        ),
        _shape(
            "classroom",
            "Google Classroom",
            "Ada Lovelace - lab1.ipynb",
            # of a file or an archive, for the folder of all is called like the assignment
            rf"(?:^|/)(?=[^/]*+(?:$|(?i:{_AN_ARCHIVE})/))"
            r"(?P<name>[^/]{0,150}[^\W\d_][^/]{0,150}?) [-–] " + _FILE,
            sure=False,
        ),
    )
}


def read(shape: Shape, path: str, changed: datetime | None) -> Claim | None:
    """What the path of a file says, if it has this shape."""
    found = shape.match(path)
    if found is None:
        return None
    said = {name: text or "" for name, text in found.groupdict().items()}
    fields = said["login"].split("_")[-_MOST_FIELDS:] if "login" in said else []
    time = _time(said.get("time", ""))
    problem = f"its time {said['time']!r} cannot be read" if said.get("time") and not time else ""
    if shape.is_unclear(path, found):
        problem = (
            "its name can be read in two ways: whose it is, and since when, must be seen there"
        )
    others = shape.other_numbers(path, found)
    return Claim(
        rule=shape.name,
        file=said["file"].rpartition("/")[2],
        name=" ".join(said.get("name", "").replace("_", " ").split()),
        logins=tuple("_".join(fields[i:]) for i in range(len(fields))),
        number=said.get("number", "").removeprefix("#"),
        also=tuple(number for _, number in others),
        number_columns=shape.number_columns,
        time=time or (changed if shape.time_is_entrys else None),
        time_is_entrys=time is None and shape.time_is_entrys,
        sequence=_sequence(said.get("sequence", "")),
        late=bool(said.get("late")) or any(late for late, _ in others),
        problem=problem,
    )


def _sequence(text: str) -> int | None:
    """The LMS's count of files; Python refuses to read what a student makes thousands of digits."""
    return int(text) if 0 < len(text) <= _LONGEST_COUNT else None


def _time(text: str) -> datetime | None:
    """The LMS's own time, without its zone: 2027-01-31-23-59-12, or Jan 31, 2027 1159 PM.

    None for what is no time, or so early or late that in another zone it would be of no year.
    """
    digits = re.sub(r"\D", "", text)
    found = None
    try:
        if len(digits) == 14:
            found = datetime.strptime(digits, "%Y%m%d%H%M%S")
        elif words := re.search(rf"{_DAY}", text):
            found = _day(words[0])
    except (ValueError, StopIteration):
        pass
    return found if found and MINYEAR < found.year < MAXYEAR else None


def _day(text: str) -> datetime:
    month = next(
        number
        for number, name in enumerate(_MONTHS, 1)
        for word in re.findall(r"[^\W\d_]{3,}", text)
        if re.match(name, word.lower())
    )
    day, year, clock = (int(each) for each in re.findall(r"\d+", text))
    hour, minute = divmod(clock, 100)
    if text.endswith(("AM", "PM")):
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + (12 if text.endswith("PM") else 0)
    return datetime(year, month, day, hour, minute)
