"""Gradescope's export: who handed in which folder stands in its submission_metadata.yml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import yaml

from course.collect.claims import Aside, Claim
from course.collect.intake import Arrived
from course.collect.shapes import SHAPES, read
from course.errors import ConfigurationError
from course.times import parse_time

METADATA = "submission_metadata.yml"
_MAX_BYTES = 256 << 20


class Gradescope:
    """Reads the export's folders by what its metadata says of each."""

    shape = SHAPES["gradescope"]
    name, sure = shape.name, shape.sure

    def __init__(self, files: Sequence[Arrived]) -> None:
        self._files = files

    @cached_property
    def _said(self) -> dict[str, Any]:
        """What the metadata says, read when it is needed: in another LMS's export it is anybody's.

        ConfigurationError when it cannot be read.
        """
        said: dict[str, Any] = {}
        for file in self._files:
            is_students = self.shape.match(file.path)  # it lies in what somebody handed in
            if file.name == METADATA and file.content and not is_students:
                said |= _load(file)
        return said

    def look(self, file: Arrived) -> Claim | None:
        """What a file's path says without the metadata."""
        return None if self.shape.is_aside(file.path) else read(self.shape, file.path, None)

    def read(self, file: Arrived) -> Claim | Aside | None:
        """Whose a file is, if the metadata knows its folder."""
        if self.shape.is_aside(file.path):
            return Aside("Gradescope's list of submissions, which is used")
        found, claim = self.shape.match(file.path), read(self.shape, file.path, None)
        if found is None or claim is None:
            return None
        said = self._said.get(found["key"])
        if not isinstance(said, Mapping):
            return replace(claim, problem=f"{METADATA} does not name who handed in {found['key']}")
        people = _people(said)
        if len(people) != 1:
            names = ", ".join(_text(each, "name") for each in people) or "nobody"
            return replace(
                claim, problem=f"{names} handed it in together: copy it for each by hand"
            )
        [person] = people
        return replace(
            claim,
            name=_text(person, "name"),
            email=_text(person, "email"),
            number=_text(person, "sid"),
            time=_time(_text(said, "created_at"), found["key"]),
        )


def _load(file: Arrived) -> dict[str, Any]:
    """The metadata, every value as the text that stands there: student ids may begin with zeros."""
    if file.content is None or file.content.stat().st_size > _MAX_BYTES:
        return {}
    try:
        with file.content.open("rb") as content:
            loaded: Any = yaml.load(content, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        raise ConfigurationError(
            f"{file.path} in {file.source} cannot be read: download the export again."
        ) from None
    return dict(loaded) if isinstance(loaded, Mapping) else {}


def _people(said: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    people = said.get(":submitters", said.get("submitters", []))
    return (
        [each for each in people if isinstance(each, Mapping)] if isinstance(people, list) else []
    )


def _text(of: Mapping[str, Any], key: str) -> str:
    value = of.get(f":{key}", of.get(key, ""))
    return value.strip() if isinstance(value, str) else ""


def _time(text: str, where: str) -> datetime | None:
    """Like 2027-01-31 22:59:12.123456789 Z, in UTC."""
    if not text:
        return None
    day, _, rest = text.replace("T", " ").partition(" ")
    clock, _, zone = rest.partition(" ")
    clock, _, fraction = clock.rstrip("Z").partition(".")
    fraction = "".join(c for c in fraction if c.isdigit())[:6].ljust(6, "0")
    zone = "+00:00" if zone in ("", "Z", "UTC") else zone
    return parse_time(f"{day} {clock}.{fraction}{zone}", UTC, f"{METADATA}, {where}")
