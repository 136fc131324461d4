"""What a submission did, as plain data that the judge may store and show, but never trust."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["stream", "result", "display", "error"]
Limit = Literal[
    "cell_cpu",
    "call_cpu",
    "wall",
    "submission_cpu",
    "memory",
    "output",
    "figures",
    "folder",
    "processes",
]


@dataclass(frozen=True)
class ErrorText:
    """An exception as text: its class, its message, and where it came from (plain, few lines)."""

    kind: str
    text: str
    trace: str = ""


@dataclass(frozen=True)
class Output:
    """One output of a cell; `name` is stdout or stderr for streams, `png` the bytes of a figure.

    The bytes begin and end as a PNG does, and no more is known of them: never decode them in the
    judge.
    """

    kind: Kind
    text: str
    png: bytes | None = None
    name: str = ""


@dataclass(frozen=True)
class CellRun:
    """One cell that ran: outputs in order, the error that ended it, CPU seconds, limit hit.

    Of `cpu`, what was used while others slowed the machine does not count.
    """

    outputs: tuple[Output, ...]
    error: ErrorText | None
    cpu: float
    limit: Limit | None


class SubmissionError(Exception):
    """What the judge hears instead of a value: the submission's doing, never a fault of ours.

    `function` is what was called, as the judge notes it on the way through.
    """

    function = "your function"


class StudentError(SubmissionError):
    """The student's code raised: class and message of the exception, and where, as text."""

    def __init__(self, kind: str, text: str, trace: str = "") -> None:
        super().__init__(f"{kind}: {text}" if text else kind)
        self.kind = kind
        self.text = text
        self.trace = trace


class NotDefined(SubmissionError):
    """The notebook defines no such name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not defined")
        self.name = name


class TimeLimit(SubmissionError):
    """The call used more than its time; the submission goes on."""

    def __init__(self, limit: Limit, seconds: float) -> None:
        unit = "seconds of waiting" if limit == "wall" else "seconds of computing"
        super().__init__(f"stopped after {seconds:g} {unit}")
        self.limit = limit
        self.seconds = seconds


class ProcessEnded(SubmissionError):
    """The submission's process is gone, by itself or by our hand: nothing more can be asked.

    `during` is True for the call in which it ended, and False for every call after that.
    """

    during = False

    def __init__(self, reason: str, limit: Limit | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.limit = limit
