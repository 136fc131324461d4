"""What an instructor sets in `course_config.py`, read once and checked before anything runs.

The file is an ordinary traitlets configuration, so that plain `nbgrader …` commands read it too.
Here it becomes one frozen `Settings`: a misspelt name or an impossible value is refused with a
sentence, because a setting that silently does nothing is how marks go wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta, timezone
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from traitlets import Bool, Dict, Enum, Int, List, TraitError, Unicode
from traitlets.config import Config, Configurable
from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

from course.errors import ConfigurationError
from course.sandbox.limits import Limits

CONFIG_NAME = "course_config.py"
DEMO_SECRET = "demo"
DEMO_MARK = "made-by-course-demo.txt"  # lies in a course that `course demo` has made

# nbgrader's own names and defaults for the folders of a course
_FOLDERS = {
    "source": "source",
    "release": "release",
    "submitted": "submitted",
    "autograded": "autograded",
    "feedback": "feedback",
}


class Course(Configurable):
    """The settings of section `c.Course`; `course_config.py` explains each at length."""

    due = Dict(help="due date by lab, e.g. {'lab1': '2027-02-01 23:59 UTC'}").tag(config=True)
    colab_url = Unicode(
        "https://colab.research.google.com/", help="'Open in Colab' target; {lab} is filled in"
    ).tag(config=True)
    isolation = Enum(
        ["auto", "bwrap", "landlock", "seatbelt", "none"],
        default_value="auto",
        help="the weakest isolation that will do; 'auto' takes the strongest that proves itself",
    ).tag(config=True)
    reveal = Enum(
        ["nothing", "message", "counterexample"],
        default_value="message",
        help="how much of a failed check students may see",
    ).tag(config=True)
    lend = Bool(True, help="whether a mistake may cost points only where it was made").tag(
        config=True
    )
    secret = Unicode(DEMO_SECRET, help="seed of the hidden checks' inputs").tag(config=True)
    roster = Unicode("", help="the class list, a CSV file, from the course's folder on").tag(
        config=True
    )
    timezone = Unicode("", help="the zone that the LMS shows times in").tag(config=True)
    packages = List(
        Unicode(), help="what notebooks may import beside NumPy, Matplotlib and Python's library"
    ).tag(config=True)
    processes = Int(0, min=0, help="how many grade at once; 0: one per core").tag(config=True)
    review_port = Int(
        8901, min=1024, max=65535, help="where `course review` serves formgrader on this machine"
    ).tag(config=True)


@dataclass(frozen=True)
class Settings:
    """A course's settings, checked; picklable, so that workers get exactly these."""

    root: Path
    course_id: str = "course"
    db_url: str = ""
    folders: Mapping[str, str] = field(default_factory=lambda: dict(_FOLDERS))
    due: Mapping[str, datetime] = field(default_factory=dict)
    colab_url: str = Course.colab_url.default_value
    isolation: str = "auto"
    reveal: str = "message"
    lend: bool = True
    secret: str = DEMO_SECRET
    roster: str = ""
    timezone: str = ""
    packages: tuple[str, ...] = ()
    processes: int = 0
    review_port: int = Course.review_port.default_value
    limits: Limits = field(default_factory=Limits)

    def folder(self, step: str) -> Path:
        """The folder of one of nbgrader's steps: source, release, submitted, …"""
        return self.root / self.folders[step]

    @property
    def guessable_secret(self) -> bool:
        """Whether a real class is to be asked what anybody can guess; never in a demonstration."""
        known = self.secret.strip() in ("", DEMO_SECRET)
        return known and not (self.root / DEMO_MARK).is_file()

    def override(self, **changes: Any) -> Settings:
        """The same settings but for what the command line says."""
        return replace(
            self, **{name: value for name, value in changes.items() if value is not None}
        )


def find_root(start: Path) -> Path:
    """The course that `start` lies in: the nearest folder upwards with a `course_config.py`."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / CONFIG_NAME).is_file():
            return folder
    raise ConfigurationError(
        f"No {CONFIG_NAME} in {start} or above it: "
        "change into the course's folder, or name it with --course-dir."
    )


def load_settings(root: Path) -> Settings:
    """Read and check `course_config.py` in `root`; ConfigurationError says what is wrong."""
    root = root.resolve()
    config = _read(root)
    course = _course_section(config)
    _refuse_missing(course.packages)
    directory = config.get("CourseDirectory", {})
    folders = {step: str(directory.get(f"{step}_directory", step)) for step in _FOLDERS}
    _refuse_shared(root, folders)
    return Settings(
        root=root,
        course_id=str(directory.get("course_id", "course")),
        db_url=str(directory.get("db_url", f"sqlite:///{root / 'gradebook.db'}")),
        folders=folders,
        due={str(lab): parse_due(str(lab), text) for lab, text in course.due.items()},
        colab_url=course.colab_url,
        isolation=course.isolation,
        reveal=course.reveal,
        lend=course.lend,
        secret=course.secret,
        roster=course.roster,
        timezone=course.timezone,
        packages=tuple(course.packages),
        processes=course.processes,
        review_port=course.review_port,
        limits=_limits_section(config),
    )


def _read(root: Path) -> Config:
    try:
        return PyFileConfigLoader(CONFIG_NAME, path=str(root)).load_config()
    except ConfigFileNotFound:
        raise ConfigurationError(f"No {CONFIG_NAME} in {root}: is this a course?") from None
    except Exception as error:  # whatever an instructor's file may raise
        raise ConfigurationError(
            f"{root / CONFIG_NAME} cannot be read ({type(error).__name__}: {error}): mend it."
        ) from None


def _refuse_unknown(section: str, given: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(given) - known)
    if unknown:
        raise ConfigurationError(
            f"{CONFIG_NAME} sets c.{section}.{unknown[0]}, which does not exist: "
            f"c.{section} has {', '.join(sorted(known))}."
        )


def _refuse_shared(root: Path, folders: Mapping[str, str]) -> None:
    """No step may write over what another reads: students' work and solutions would be gone."""
    taken: dict[Path, str] = {root: "the course itself"}
    for step, name in folders.items():
        place = (root / name).resolve()
        if place in taken:
            raise ConfigurationError(
                f"{CONFIG_NAME} has c.CourseDirectory.{step}_directory = {name!r}, which is "
                f"{taken[place]}: give each step a folder of its own."
            )
        taken[place] = f"that of {step}_directory"


def _refuse_missing(packages: Sequence[str]) -> None:
    """Each is imported before any submission runs, so that none could be graded without it."""
    for name in packages:
        try:
            found = name.isidentifier() and find_spec(name)
        except ValueError:  # such as __main__
            found = None
        if not found:
            raise ConfigurationError(
                f"{CONFIG_NAME} names {name!r} in c.Course.packages, which cannot be imported "
                "here: install it beside this package, or take its name away."
            )


def _course_section(config: Config) -> Course:
    _refuse_unknown("Course", config.get("Course", {}), set(Course.class_trait_names(config=True)))
    try:
        return Course(config=config)
    except TraitError as error:
        raise ConfigurationError(f"{CONFIG_NAME}, section c.Course: {error}") from None


def _limits_section(config: Config) -> Limits:
    given = dict(config.get("Limits", {}))
    _refuse_unknown("Limits", given, {each.name for each in fields(Limits)})
    try:
        return Limits(**given)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"{CONFIG_NAME}, section c.Limits: {error}") from None


_DUE = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?) ?(\S+)")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")


def parse_due(lab: str, text: object) -> datetime:
    """A due date with its time zone, as UTC.

    Accepted: '2027-02-01 23:59 UTC', '… +0100', '… Europe/Berlin'. A date without a zone is
    refused: whose midnight it means is what students argue about.
    """
    match = _DUE.fullmatch(text.strip()) if isinstance(text, str) else None
    try:
        if match is None:
            raise ValueError("not of the form 'YYYY-MM-DD HH:MM ZONE'")
        return datetime.fromisoformat(match[1]).replace(tzinfo=_zone(match[2])).astimezone(UTC)
    except (ValueError, ZoneInfoNotFoundError, OSError) as error:
        raise ConfigurationError(
            f"{CONFIG_NAME} gives {lab} the due date {text!r}, which is no date ({error}): "
            "write it like '2027-02-01 23:59 UTC'."
        ) from None


def _zone(name: str) -> timezone | ZoneInfo:
    if name in {"UTC", "Z"}:
        return UTC
    if offset := _OFFSET.fullmatch(name):
        size = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return timezone(-size if offset[1] == "-" else size)
    return ZoneInfo(name)
