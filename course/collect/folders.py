"""What a student's folder will be: everything that ever came in, and the one file that counts.

What an instructor put into `submitted/` by hand is part of it: it gives way only to what is later
for certain, and it decides where nothing else can.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from course.collect import attempts
from course.collect.attempts import Attempt
from course.config import Settings
from course.errors import ConfigurationError
from course.store import TIMESTAMP_NAME
from course.submitted import Submission
from course.times import stamp


@dataclass(frozen=True)
class Folder:
    """What a student's folder will be: all attempts that are known, and the one that counts."""

    student: str
    attempts: tuple[Attempt, ...]
    counts: Attempt | None
    files: Mapping[str, Attempt]
    timestamp: str
    changes: bool
    problem: str = ""

    @cached_property
    def digests(self) -> frozenset[str]:
        """The contents that will lie there."""
        return frozenset(each.digest for each in self.files.values())


def decide(settings: Settings, lab: str, student: str, new: Sequence[Attempt]) -> Folder:
    """Put together what is new, what is kept, and what lies in the submission folder.

    ConfigurationError when what was collected earlier cannot be read.
    """
    old = attempts.kept(settings, student, lab)
    known = attempts.merged(old, new)
    try:
        there = attempts.lying_there(settings, student, lab)
    except ConfigurationError as error:  # which is this student's matter, and nobody else's
        return Folder(student, tuple(known), None, {}, "", False, str(error))
    digests = {each.digest for each in known}
    by_hand = [each for each in there if each.digest not in digests]
    notebooks = [each for each in known if each.is_notebook]
    counts = (
        attempts.latest(notebooks or known, lab)
        or _chosen_by_hand(old, new, there)
        or (None if notebooks else known[-1])  # there is nothing to grade in any of them
    )
    problem = _problem(notebooks, counts, by_hand)
    if problem or counts is None:
        return Folder(student, tuple(known), None, {}, "", False, problem)
    files = {f"{lab}.ipynb": counts} if notebooks else {_name(each): each for each in known}
    is_there = {each.path: each.digest for each in there} == {
        name: each.digest for name, each in files.items()
    }
    said = _timestamp_there(settings, student, lab)
    timestamp = stamp(counts.time) if counts.time else said if is_there else ""
    changes = not is_there or timestamp != said
    return Folder(student, (*known, *by_hand), counts, files, timestamp, changes)


def _name(attempt: Attempt) -> str:
    """What a file that is no notebook is called in `submitted/`; no student writes the time."""
    name = attempts.safe_name(attempt.name)
    return f"a {name}" if name.casefold() == TIMESTAMP_NAME else name


def _chosen_by_hand(
    old: Sequence[Attempt], new: Sequence[Attempt], there: Sequence[Attempt]
) -> Attempt | None:
    """The attempt that an instructor has put into place after a run could not decide."""
    known = {each.digest: each for each in old}
    notebooks = [each.digest for each in there if each.is_notebook]
    if len(notebooks) == 1 and all(each.digest in known for each in new):
        return known.get(notebooks[0])
    return None


def _problem(
    notebooks: Sequence[Attempt], counts: Attempt | None, by_hand: Sequence[Attempt]
) -> str:
    if counts is None:
        names = ", ".join(dict.fromkeys(each.path for each in notebooks[:4]))
        return f"nothing says which of these is later: {names}; put the right one into submitted/"
    for other in by_hand:
        newer = counts.time and other.time and counts.time > other.time
        if other.is_notebook and not newer:
            return (
                f"submitted/ holds {other.path}, which was not collected and is not older for "
                "certain: move it away to take this one"
            )
    return ""


def _timestamp_there(settings: Settings, student: str, lab: str) -> str:
    folder = settings.folder("submitted") / student / lab
    return (
        Submission(student, lab, folder).timestamp() if (folder / TIMESTAMP_NAME).exists() else ""
    )
