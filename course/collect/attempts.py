"""Which of a student's attempts counts: the latest by the LMS's own time, and never by a guess.

Everything that ever came in for a student and a lab stands in `collected/STUDENT/LAB/`, under the
name that it came with, and `attempts.json` there says where from and when. It lies outside
`submitted/`, because nbgrader copies whatever lies beside a notebook into what students get back.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from course.collect.plain import is_named_like
from course.config import Settings
from course.errors import ConfigurationError
from course.store import TIMESTAMP_NAME
from course.submitted import Submission
from course.times import parse_time

FOLDER = "collected"
MANIFEST = "attempts.json"


@dataclass(frozen=True)
class Attempt:
    """One file of one student. `kept` is its name in `collected/`; `content` where it lies now.

    `export` tells one download from the next, even where an LMS calls all of them alike.
    """

    digest: str
    name: str
    source: str
    path: str
    rule: str
    time: datetime | None = None
    sequence: int | None = None
    changed: datetime | None = None
    export: str = ""
    kept: str = ""
    content: Path | None = None

    @property
    def is_notebook(self) -> bool:
        """Whether its name says that it can be graded."""
        return self.name.lower().endswith(".ipynb")

    def to_dict(self) -> dict[str, Any]:
        """The attempt as `attempts.json` has it."""
        return {
            "file": self.kept,
            "name": self.name,
            "from": self.source,
            "path": self.path,
            "rule": self.rule,
            "time": self.time.isoformat() if self.time else None,
            "sequence": self.sequence,
            "changed": self.changed.isoformat() if self.changed else None,
            "export": self.export,
            "sha256": self.digest,
        }


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_of(settings: Settings, student: str, lab: str) -> Path:
    """Where everything is kept that came in from a student for a lab."""
    return settings.root / FOLDER / student / lab


def kept(settings: Settings, student: str, lab: str) -> list[Attempt]:
    """What came in earlier; ConfigurationError if its list cannot be read."""
    folder = folder_of(settings, student, lab)
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["attempts"]
        return [_from_dict(folder, each) for each in listed]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"{folder / MANIFEST} cannot be read ({type(error).__name__}): move it away, and what "
            "came in is listed anew."
        ) from None


def _from_dict(folder: Path, said: dict[str, Any]) -> Attempt:
    def moment(key: str) -> datetime | None:
        return datetime.fromisoformat(said[key]) if said[key] else None

    return Attempt(
        digest=said["sha256"],
        name=said["name"],
        source=said["from"],
        path=said["path"],
        rule=said["rule"],
        time=moment("time"),
        sequence=said["sequence"],
        changed=moment("changed"),
        export=said["export"],
        kept=said["file"],
        content=folder / said["file"],
    )


def lying_there(settings: Settings, student: str, lab: str) -> list[Attempt]:
    """What lies in a student's submission folder, whoever put it there."""
    folder = settings.folder("submitted") / student / lab
    said = Submission(student, lab, folder).timestamp()
    time = parse_time(said, UTC, str(folder / TIMESTAMP_NAME)) if said else None
    found = []
    for place in sorted(folder.rglob("*")):
        name = place.relative_to(folder).as_posix()
        if any(part.startswith(".") for part in name.split("/")):  # caches of Jupyter and macOS
            continue
        if place.is_symlink():
            raise ConfigurationError(f"{place} is a link: move it away before you collect.")
        if place.is_file() and name != TIMESTAMP_NAME:
            own = Attempt(digest_of(place), place.name, "submitted", name, "hand", time)
            found.append(replace(own, content=place))
    return found


def merged(old: Sequence[Attempt], new: Sequence[Attempt]) -> list[Attempt]:
    """Each attempt once: the same bytes at the same time, or with a time known only now.

    One that came in again belongs to the newer export.
    """
    found = list(old)
    places: dict[str, list[int]] = defaultdict(list)  # by content: there may be thousands
    for index, each in enumerate(found):
        places[each.digest].append(index)
    for attempt in new:
        same = [
            index
            for index in places[attempt.digest]
            for each in [found[index]]
            if (each.time == attempt.time or each.time is None or attempt.time is None)
            and each.is_notebook == attempt.is_notebook
        ]
        if not same:
            places[attempt.digest].append(len(found))
            found.append(attempt)
        else:
            place = same[0]
            time = attempt.time or found[place].time
            found[place] = replace(attempt, time=time, kept=found[place].kept)
    return found


def latest(attempts: Sequence[Attempt], lab: str) -> Attempt | None:
    """The one that is later than all the others; None when nothing says which that is."""
    best = None
    for attempt in attempts:
        if best is None or is_later(attempt, best, lab):
            best = attempt
    surely = all(each is best or is_later(best, each, lab) for each in attempts if best)
    return best if surely else None


def is_later(one: Attempt, other: Attempt, lab: str) -> bool:
    """Whether the first counts before the second for certain.

    By the LMS's times; in one submission, the file that is called like the lab; then by the LMS's
    own count; only then by when the files were changed, which is compared for one LMS alone if
    either has a time.
    """
    if one.time and other.time and one.time != other.time:
        return one.time > other.time
    if one.rule == other.rule == "classroom" and one.export == other.export:
        return False  # any student may call a file after another, and change it last
    if one.export == other.export and one.time == other.time:
        like, unlike = is_named_like(one.name, lab), is_named_like(other.name, lab)
        if like != unlike:
            return like
    if one.rule == other.rule and one.sequence is not None and other.sequence is not None:
        return one.sequence > other.sequence
    if not (one.changed and other.changed) or ((one.time or other.time) and one.rule != other.rule):
        return False
    return _plain(one.changed) > _plain(other.changed)


def _plain(moment: datetime) -> datetime:
    """A moment to be compared with others of unknown zone."""
    return moment.replace(tzinfo=None)


def safe_name(name: str) -> str:
    """A name that can be a file's anywhere, close to the one it came with."""
    text = "".join(c if c.isalnum() or c in " ._-()+" else "_" for c in name).strip(" .")
    root, ending = os.path.splitext(text)  # noqa: PTH122 (no path)
    return (_cut(root, 80) or "file") + _cut(ending, 20)


def _cut(text: str, most: int) -> str:
    """The beginning of a name, in so many bytes: a file system counts these."""
    return text.encode()[:most].decode(errors="ignore")
