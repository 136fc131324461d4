"""The record: everything about one graded submission, frozen, and the only source of marks.

Every renderer (notebook cell, terminal, pages, CSV, gradebook) reads a record and none computes a
score. A record refuses points that are not finite, negative or above their maximum, so that no
path through the grader can store an impossible mark.
"""

from __future__ import annotations

import json
import math
import re
import sys
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from course.plot import Plot

SCHEMA_VERSION = 1

Points = Annotated[float, Field(ge=0, allow_inf_nan=False)]


# A list of numbers over several lines; no string of JSON holds the end of a line.
_NUMBERS = re.compile(r"\[\n([-+.,e\d\s]+)\n\s*\]")


def _on_one_line(numbers: re.Match[str]) -> str:
    return f"[{' '.join(numbers[1].split())}]"


class Outcome(StrEnum):
    """What a check found out. Only `PASSED` earns points."""

    PASSED = "passed"
    FAILED = "failed"  # the answer is wrong
    ERROR = "error"  # the student's function raised, or does not exist
    TIMEOUT = "timeout"  # it used up its time
    NOT_RUN = "not_run"  # the process had ended before the check could ask


class Status(StrEnum):
    """What became of a submission as a whole."""

    GRADED = "graded"
    ZERO = "zero"  # nothing could be run: a stated zero, with the reason
    UNGRADED = "ungraded"  # our fault, to be graded again: no mark is stored


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(_Frozen):
    """What a check asked and what came back, as bounded plain text. May hold hidden numbers."""

    call: str = ""
    expected: str = ""
    got: str = ""
    tolerance: str = ""


class Diagnosis(_Frozen):
    """The misconception whose program gives the same numbers as the student's."""

    name: str
    message: str


class CheckRecord(_Frozen):
    """One hidden check: its sentence, its verdict and what that is worth.

    `lent`: it passed only when right functions were lent to it, see `CellRecord.lent`.
    """

    name: str
    title: str
    verdict: Outcome
    points: Points
    max_points: Points
    message: str = ""
    evidence: Evidence | None = None
    lent: bool = False

    @model_validator(mode="after")
    def _only_passing_earns(self) -> Self:
        if self.points != (self.max_points if self.verdict is Outcome.PASSED else 0.0):
            raise ValueError(f"{self.name}: {self.verdict} cannot be worth {self.points}")
        return self


class CellRecord(_Frozen):
    """One graded cell: judged by checks, or (`manual`) waiting for a TA's marks.

    `lent` are the names of exercises above that lost points, with the lab's own solution of which
    more checks passed here.
    """

    grade_id: str
    points: Points
    max_points: Points
    manual: bool = False
    answered: bool = True
    checks: tuple[CheckRecord, ...] = ()
    diagnosis: Diagnosis | None = None
    lent: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _points_are_the_sum(self) -> Self:
        total = math.fsum(check.points for check in self.checks)
        if abs(self.points - total) > 1e-9 or self.points > self.max_points + 1e-9:
            raise ValueError(f"{self.grade_id}: {self.points} of {self.max_points} points")
        if any(check.lent for check in self.checks) != bool(self.lent):
            raise ValueError(f"{self.grade_id}: what was lent, and what for, do not go together")
        return self


class Repair(_Frozen):
    """Something that was put right in a submission, in one sentence for student and TA."""

    rule: str
    cell: str
    sentence: str


class LimitHit(_Frozen):
    """A limit that the submission ran into, and where."""

    limit: str
    where: str
    sentence: str


class Record(_Frozen):
    """Everything about one graded submission."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", serialize_by_alias=True, validate_by_name=True
    )

    schema_version: Literal[1] = Field(default=1, alias="schema")
    student: str
    lab: str
    status: Status
    reason: str = ""
    points: Points = 0.0
    max_points: Points
    cells: tuple[CellRecord, ...] = ()
    repairs: tuple[Repair, ...] = ()
    limits_hit: tuple[LimitHit, ...] = ()
    pictures: tuple[Plot, ...] = ()
    isolation: dict[str, Any] = Field(default_factory=dict)
    versions: dict[str, str] = Field(default_factory=dict)
    timings: dict[str, float] = Field(default_factory=dict)
    source_hash: str = ""
    submission_hash: str = ""

    @model_validator(mode="after")
    def _points_are_the_sum(self) -> Self:
        total = math.fsum(cell.points for cell in self.cells)
        if abs(self.points - total) > 1e-9 or self.points > self.max_points + 1e-9:
            raise ValueError(f"{self.student}: {self.points} of {self.max_points} points")
        if self.status is not Status.GRADED and self.points:
            raise ValueError(f"{self.student}: {self.status} cannot be worth {self.points}")
        return self

    @property
    def automatic(self) -> tuple[CellRecord, ...]:
        """The cells that checks have judged."""
        return tuple(cell for cell in self.cells if not cell.manual)

    @property
    def max_automatic(self) -> float:
        """How many points the checks can give."""
        return math.fsum(cell.max_points for cell in self.automatic)

    def cell(self, grade_id: str) -> CellRecord:
        """The record of one graded cell; KeyError when there is none of that name."""
        for cell in self.cells:
            if cell.grade_id == grade_id:
                return cell
        raise KeyError(grade_id)

    def to_json(self) -> str:
        """The published form, two-space indented, lists of numbers on one line, and a newline."""
        return _NUMBERS.sub(_on_one_line, self.model_dump_json(indent=2)) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Record:
        """Read the published form; pydantic's ValidationError when it is not one."""
        return cls.model_validate_json(text)


def json_schema() -> str:
    """The schema of the published form, as `docs/record.schema.json` holds it."""
    schema = Record.model_json_schema(by_alias=True, mode="serialization")
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":  # python -m course.record > docs/record.schema.json
    sys.stdout.write(json_schema())
