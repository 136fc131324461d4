"""What one check found out, and the one place where a verdict becomes points.

It fails closed: points exist for a check when exactly one verdict of that name says PASSED, in so
many words. Silence, two verdicts, an unknown name or a claim of another type is worth zero with
the reason, and leaves the other checks unharmed.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import pytest

from course.judge import messages
from course.judge.expect import CheckFailed
from course.record import CheckRecord, Evidence, Outcome
from course.sandbox.outcome import NotDefined, ProcessEnded, StudentError, TimeLimit


@dataclass(frozen=True)
class Verdict:
    """What one check found out. It carries no points: `award` alone gives them."""

    name: str
    outcome: Outcome
    message: str = ""
    evidence: Evidence | None = None


class Weighed(Protocol):
    """What `award` needs to know of a check."""

    @property
    def name(self) -> str:
        """The name that a verdict must bear to count for it."""

    @property
    def title(self) -> str:
        """What the student reads."""

    @property
    def max_points(self) -> float:
        """What passing is worth."""


def award(checks: Sequence[Weighed], verdicts: Iterable[object]) -> tuple[CheckRecord, ...]:
    """Turn verdicts into points, one record for each of `checks` and nothing for anything else."""
    claims: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if type(verdict) is Verdict and type(verdict.name) is str:
            claims.setdefault(verdict.name, []).append(verdict)
    return tuple(_one(check, claims.get(check.name, [])) for check in checks)


def _one(check: Weighed, claims: list[Verdict]) -> CheckRecord:
    verdict = _sole(check.name, claims)
    passed = verdict.outcome is Outcome.PASSED
    return CheckRecord(
        name=check.name,
        title=check.title,
        verdict=verdict.outcome,
        points=check.max_points if passed else 0.0,
        max_points=check.max_points,
        message=verdict.message,
        evidence=verdict.evidence,
    )


def _sole(name: str, claims: list[Verdict]) -> Verdict:
    if len(claims) > 1:
        return Verdict(name, Outcome.NOT_RUN, messages.TWO_VERDICTS)
    if not claims or type(claims[0].outcome) is not Outcome:
        return Verdict(name, Outcome.NOT_RUN, messages.NO_VERDICT)
    return claims[0]


def of_exception(name: str, error: BaseException) -> Verdict | None:
    """The verdict of a check that ended with `error`; None when the check itself is broken."""
    match error:
        case CheckFailed():
            return Verdict(name, Outcome.FAILED, error.sentence, error.evidence)
        case AssertionError() | pytest.fail.Exception():
            return Verdict(name, Outcome.FAILED, messages.NO_REASON, Evidence(got=str(error)[:400]))
        case StudentError():
            return Verdict(name, Outcome.ERROR, _raised(error), Evidence(got=str(error)[:400]))
        case NotDefined():
            return Verdict(name, Outcome.ERROR, messages.NOT_DEFINED.format(name=error.name))
        case TimeLimit():
            return Verdict(name, Outcome.TIMEOUT, messages.TIMED_OUT.format(name=error.function))
        case ProcessEnded(during=True):
            ended = messages.ENDED.format(name=error.function, reason=error.reason)
            return Verdict(name, Outcome.ERROR, ended)
        case ProcessEnded():
            return Verdict(name, Outcome.NOT_RUN, messages.ENDED_BEFORE.format(reason=error.reason))
        case pytest.skip.Exception():
            return Verdict(name, Outcome.NOT_RUN, messages.NO_VERDICT)
    return None


def _raised(error: StudentError) -> str:
    if error.kind == "NotImplementedError":
        return messages.NOT_WRITTEN.format(name=error.function)
    known = getattr(builtins, error.kind, None)
    is_python_s = isinstance(known, type) and issubclass(known, BaseException)
    kind = error.kind if is_python_s else messages.OWN_EXCEPTION
    return messages.RAISED.format(name=error.function, kind=kind)
