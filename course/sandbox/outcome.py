"""What a submission did, as plain data that the judge may store and show, but never trust.

Trusted side: `read_run` turns what the submission's process claims into these classes, or refuses
it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from course.sandbox.limits import Limits
from course.sandbox.wire import ProtocolError

Kind = Literal["stream", "result", "display", "error"]
Limit = Literal[
    "cell_cpu", "call_cpu", "wall", "submission_cpu", "memory", "output", "figures", "folder"
]

KINDS = ("stream", "result", "display")
OUTCOMES = ("value", "error", "undefined", "limit")
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_END = b"IEND\xaeB`\x82"
_CONTROLS = {code: "\ufffd" for code in range(32) if chr(code) not in "\n\t\r\b\x1b"}


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
    """One cell that ran: outputs in order, the error that ended it, CPU seconds, limit hit."""

    outputs: tuple[Output, ...]
    error: ErrorText | None
    cpu: float
    limit: Limit | None


def clean(text: object, most: int) -> str:
    """Return storable text of at most `most` characters; what is no str is a ProtocolError."""
    if type(text) is not str:
        raise ProtocolError("text is missing")
    return text[:most].encode("utf-8", "replace").decode("utf-8").translate(_CONTROLS)


def read_answer(answer: Any, number: int) -> tuple[str, Any]:
    """Return (outcome, content) if this answers request `number`; else raises ProtocolError."""
    if type(answer) is not tuple or len(answer) != 3:
        raise ProtocolError("not an answer")
    answered, outcome, content = answer
    if type(answered) is not int or answered != number:
        raise ProtocolError("not an answer to what was asked")
    if type(outcome) is not str or outcome not in OUTCOMES:
        raise ProtocolError("the outcome is not known")
    return outcome, content


def read_error(claim: Any, limits: Limits) -> ErrorText:
    """Read (kind, text, trace); raises ProtocolError."""
    if type(claim) is not tuple or len(claim) != 3:
        raise ProtocolError("an error is not described")
    kind, text, trace = claim
    most = limits.error_chars
    return ErrorText(clean(kind, 100), clean(text, most // 4), clean(trace, most))


def read_limit(claim: Any) -> Limit | None:
    """Read the name of a limit, or None; raises ProtocolError."""
    if claim is None:
        return None
    for known in get_args(Limit):
        if type(claim) is str and claim == known:
            return known  # type: ignore[no-any-return]
    raise ProtocolError("the limit is not known")


def read_run(
    claim: Any, limits: Limits, figures_left: int, cpu: float, text_left: int = 1 << 62
) -> CellRun:
    """Read the answer to `run`, cut to the limits and to what the submission has left of them.

    Raises ProtocolError.
    """
    if type(claim) is not tuple or len(claim) != 3 or type(claim[0]) is not list:
        raise ProtocolError("a run is not described")
    outputs: list[Output] = []
    text_left = min(text_left, limits.output_bytes + limits.error_chars)
    figures = figures_left
    for item in claim[0][: limits.outputs + 1]:
        output = _read_output(item, limits, text_left)
        if output.png is not None:
            figures -= 1
            if figures < 0:
                continue
        text_left -= len(output.text.encode())
        outputs.append(output)
        if text_left <= 0:
            break
    error = None if claim[1] is None else read_error(claim[1], limits)
    return CellRun(tuple(outputs), error, cpu, read_limit(claim[2]))


def _read_output(item: Any, limits: Limits, text_left: int) -> Output:
    if type(item) is not tuple or len(item) != 4:
        raise ProtocolError("an output is not described")
    kind, text, png, name = item
    if type(kind) is not str or type(name) is not str:
        raise ProtocolError("an output is not described")
    if kind not in KINDS or name not in ("", "stdout", "stderr"):
        raise ProtocolError("the kind of output is not known")
    if png is not None and not _is_png(png, limits):
        raise ProtocolError("a figure is no PNG")
    shown = clean(text, text_left).encode()[:text_left].decode("utf-8", "ignore")
    return Output(cast(Kind, kind), shown, png, name)


def _is_png(data: Any, limits: Limits) -> bool:
    return (
        type(data) is bytes
        and len(data) <= limits.figure_bytes
        and data.startswith(PNG_SIGNATURE)
        and data.endswith(PNG_END)
    )


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
