"""Reading a stored record, or saying in one sentence why it cannot be read.

Records outlive the grader that wrote them: a page or a command may meet one of another version,
of another student, or none at all, and must say so instead of showing half of it.
"""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from course.errors import ConfigurationError
from course.record import SCHEMA_VERSION, Record
from course.store import RECORD_NAME


def read(path: Path) -> Record:
    """The record in a file; ConfigurationError says in one sentence why there is none."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ConfigurationError(f"There is no {path}: run `course autograde` first.") from None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror or error}).") from None
    try:
        return Record.from_json(data)
    except ValidationError as error:
        why = _misfit(data, error)
        raise ConfigurationError(f"{path} {why}: run `course autograde` again.") from None


def _misfit(data: bytes, error: ValidationError) -> str:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return "is no JSON"
    version = found.get("schema") if isinstance(found, dict) else None
    if type(version) is int and version != SCHEMA_VERSION:
        return f"is a record of version {version}, and this course reads {SCHEMA_VERSION}"
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"])) or "as a whole"
    return f"is no record ({where}: {' '.join(first['msg'].split())[:120]})"


def of_student(autograded: Path, student: str, lab_name: str) -> Record:
    """A student's record of a lab; ConfigurationError also when it is somebody else's."""
    path = autograded / student / lab_name / RECORD_NAME
    record = read(path)
    if (record.student, record.lab) != (student, lab_name):
        raise ConfigurationError(
            f"{path} is the record of {record.student!r} in {record.lab!r}: "
            "run `course autograde` again."
        )
    return record
