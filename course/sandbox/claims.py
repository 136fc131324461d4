"""Reads what a submission's process claims to have done, cuts it to the limits, or refuses it.

Trusted side. A claim is plain data by now (the wire builds nothing else), of any shape whatever.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast, get_args

from course.sandbox.budget import MOST_PIXELS, PNG_SIZE, Budget, pixels_of
from course.sandbox.limits import Limits
from course.sandbox.outcome import CellRun, ErrorText, Kind, Limit, Output
from course.sandbox.wire import Opaque, ProtocolError

KINDS = ("stream", "result", "display")
OUTCOMES = ("value", "error", "undefined", "limit")
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_END = b"IEND\xaeB`\x82"
_CONTROLS = {code: "\ufffd" for code in range(32) if chr(code) not in "\n\t\r\b\x1b"}


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


def may_be(before: tuple[Any, ...], after: tuple[Any, ...]) -> bool:
    """Whether these may be the arguments of a call after it: a value keeps its type.

    One that cannot travel any more is `Opaque`.
    """
    return len(before) == len(after) and all(
        type(now) in (type(was), Opaque) for was, now in zip(before, after, strict=True)
    )


def read_run(claim: Any, budget: Budget, cpu: float) -> CellRun:
    """Read the answer to `run`, cut to the limits and to what the submission has left of them.

    `cpu` is what the cell took by the kernel's account. Raises ProtocolError.
    """
    if type(claim) is not tuple or len(claim) != 3 or type(claim[0]) is not list:
        raise ProtocolError("a run is not described")
    limits = budget.limits
    outputs: list[Output] = []
    text_left = min(budget.text, limits.output_bytes + limits.error_chars)
    figures, picture_bytes, pixels = budget.figures, budget.picture_bytes, budget.pixels
    for item in claim[0][: min(limits.outputs + 1, budget.outputs)]:
        output = _read_output(item, limits, text_left)
        if output.png is not None:
            figures -= 1
            picture_bytes -= len(output.png)
            claimed = pixels_of(output.png)
            if figures < 0 or picture_bytes < 0 or claimed > min(MOST_PIXELS, pixels):
                output = replace(output, png=None)
            else:
                pixels -= claimed
        text_left -= len(output.text.encode())
        outputs.append(output)
        if text_left <= 0:
            break
    error = None if claim[1] is None else read_error(claim[1], limits)
    if error is not None and budget.text <= 0:
        error = replace(error, trace="")
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
        and len(data) >= PNG_SIZE.size
        and data.startswith(PNG_SIGNATURE)
        and PNG_SIZE.unpack_from(data)[0] == b"IHDR"
        and data.endswith(PNG_END)
    )
