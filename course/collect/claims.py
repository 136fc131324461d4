"""What a path says about a file: whose it is, when it was handed in, and what it was called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Claim:
    """What a recogniser reads from one path; '' and None where the LMS says nothing.

    `students` (ids or names, from plain folders) and `logins` are alternatives: where an LMS joins
    fields with underscores, a login that has one itself can be read in several ways. `number` is
    the LMS's own, found in one of the `number_columns` of a class list; `also` are others that may
    be it instead, where a student's name or a file's looks like what the LMS adds. `time` is the
    LMS's own time of the submission, naive when it comes without a zone; `time_is_entrys` when only
    the archive says it. `sequence` grows with each file that the LMS took in. A `problem` says why
    the file cannot be taken all the same.
    """

    rule: str
    file: str
    students: tuple[str, ...] = ()
    name: str = ""
    logins: tuple[str, ...] = ()
    email: str = ""
    number: str = ""
    also: tuple[str, ...] = ()
    number_columns: tuple[str, ...] = ()
    time: datetime | None = None
    time_is_entrys: bool = False
    sequence: int | None = None
    late: bool = False
    problem: str = ""

    @property
    def who(self) -> str:
        """The student as the LMS calls them, for a sentence."""
        told = [self.name, *self.logins[-1:], self.email, *self.students]
        named = " ".join(dict.fromkeys(each for each in told if each))
        return f"{named} (number {self.number})" if self.number else named or "nobody"


@dataclass(frozen=True)
class Aside:
    """Why a file is nobody's work: the LMS's own pages, or what an operating system leaves."""

    reason: str
