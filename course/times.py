"""Times as an LMS writes them, and as nbgrader reads them: whose midnight it is must be known.

Most LMSs write the time of day without its zone. A time that lacks one gets the zone that the
instructor has named; without that it is refused, since late penalties hang on it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from course.errors import ConfigurationError

_FORMATS = (
    "%A, %d %B %Y, %I:%M %p",  # Moodle, international English
    "%A, %B %d, %Y, %I:%M %p",  # Moodle, American English
    "%A, %d %B %Y, %H:%M",
    "%d %B %Y, %I:%M %p",
    "%d %B %Y, %H:%M",
)
_ZONE = re.compile(r"(?P<moment>.*\d)(?: ?(?P<offset>[+-]\d\d:?\d\d)| (?P<name>[A-Z]\w+(?:/\w+)*))")


def zone_named(name: str) -> tzinfo | None:
    """A time zone by its name, like Europe/Berlin; None for ''; ConfigurationError if unknown."""
    if not name:
        return None
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigurationError(
            f"There is no time zone {name!r}: write it like 'Europe/Berlin' or 'UTC'."
        ) from None


def parse_time(text: str, zone: tzinfo | None, where: str) -> datetime:
    """A moment in UTC; `where` tells an instructor which text could not be read."""
    text = " ".join(text.split())
    for form in (None, *_FORMATS):
        try:
            bare, named = _without_zone(text)
            found = datetime.fromisoformat(bare) if form is None else datetime.strptime(bare, form)
            return in_utc(found, named or zone, where)
        except (ValueError, OverflowError):  # no time, or no zone, or a moment of no year
            continue
    raise ConfigurationError(
        f"{where}: {text[:60]!r} is no time that can be read: write it like "
        "'2027-01-31 23:59:00 UTC'."
    )


def _without_zone(text: str) -> tuple[str, tzinfo | None]:
    """A time's text, and the zone that it names itself."""
    found = _ZONE.fullmatch(text)
    if found is None or found["name"] in ("AM", "PM"):
        return text, None
    if found["name"]:
        return found["moment"], zone_named(found["name"])
    offset = datetime.strptime(found["offset"].replace(":", ""), "%z").tzinfo
    return found["moment"], offset


def in_utc(moment: datetime, zone: tzinfo | None, where: str) -> datetime:
    """The same moment in UTC; one without a zone is taken to be in `zone`."""
    if moment.tzinfo is None:
        if zone is None:
            raise ConfigurationError(
                f"{where}: the time {moment:%Y-%m-%d %H:%M} comes without its zone: set "
                "c.Course.timezone, or add --timezone Europe/Berlin (the zone that your LMS "
                "shows times in)."
            )
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)


def stamp(moment: datetime) -> str:
    """A moment as nbgrader's timestamp.txt has it."""
    text = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"{text}.{moment.microsecond:06d} UTC" if moment.microsecond else f"{text} UTC"
