"""How checks compare, and the failure that carries what was compared.

Comparisons are written in the accepting form, `error <= tolerance`, so that NaN is rejected by
construction. A failure is data (`Evidence`), not prose: renderers decide how much of it a reader
may see.
"""

from __future__ import annotations

import reprlib
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course.judge import messages
from course.record import Evidence

_LONGEST = 400
_KEPT = 4 * _LONGEST
"""Before blanks are joined."""
_MOST_DIMENSIONS = 3  # NumPy leaves out the middle of a long axis, but an array may have many short


class _Short(reprlib.Repr):
    """As repr, but little of what is long, arrays within lists included.

    Twenty lists of twenty lists of … hold a hundred thousand arrays, and each takes its time to
    write: what would come behind all that is kept is not written.
    """

    _left = 0

    def repr(self, x: Any) -> str:
        """The text, of which a reader may keep the first `_KEPT` letters."""
        self._left = _KEPT
        return super().repr(x)

    def repr1(self, x: Any, level: int) -> str:
        """A part of it, or nothing to speak of when all that is kept stands before it."""
        left = self._left
        text = super().repr1(x, level) if left > 0 else self.fillvalue
        self._left = left - len(text)
        return text

    def repr_ndarray(self, value: NDArray[Any], level: int) -> str:
        """An array's first and last values; of more axes than anybody reads, only what it is."""
        if value.ndim > _MOST_DIMENSIONS:
            return f"array of shape {value.shape}, {value.dtype}"
        with np.printoptions(precision=8, threshold=12, linewidth=10_000):
            return f"array({np.array2string(value, separator=', ')}, {value.dtype})"

    def repr_bytes(self, value: bytes, level: int) -> str:
        """The first of them, for written out they are four times as many."""
        return repr(value[: self.maxother])


_SHORT = _Short()
_SHORT.maxlevel = 4
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxdict = 20
_SHORT.maxstring = _SHORT.maxother = _LONGEST


class CheckFailed(AssertionError):
    """The student's answer is wrong; carries one sentence for the student and the evidence."""

    def __init__(self, sentence: str, evidence: Evidence | None = None) -> None:
        self.sentence = sentence
        self.evidence = evidence
        shown = "" if evidence is None else f" [{_one_line(evidence)}]"
        super().__init__(sentence + shown)


def require(
    condition: object,
    sentence: str = messages.NO_REASON,
    *,
    call: object = "",
    expected: Any = None,
    got: Any = None,
) -> None:
    """Fail the check with `sentence` unless `condition` is exactly True.

    NumPy's own True counts as True; a truthy object does not. The sentence is for the student and
    names no hidden number; those belong into `expected` and `got`.
    """
    if condition is True or (isinstance(condition, np.bool_) and bool(condition)):
        return
    raise CheckFailed(
        sentence, Evidence(call=str(call)[:_LONGEST], expected=show(expected), got=show(got))
    )


def close(got: ArrayLike, want: ArrayLike, rel: float = 1e-6, abs: float = 1e-12) -> bool:
    """Whether every number of `got` lies within `tolerance(want, rel, abs)` of `want`.

    Both are numbers or arrays of one shape; another shape is not close, and neither is NaN.
    Nothing is close to infinity either, whose tolerance would be infinite too: `want` may be made
    from what a student returned.
    """
    a, b = np.asarray(got, dtype=float), np.asarray(want, dtype=float)
    with np.errstate(invalid="ignore", over="ignore"):
        comparable = a.shape == b.shape and bool(np.isfinite(b).all())
        return comparable and bool(np.all(np.abs(a - b) <= tolerance(b, rel, abs)))


def is_same(was: Any, now: Any) -> bool:
    """Whether plain data is what it was: of the same types and shapes, with the same values.

    For the arguments of a call after it. They came out of the student's process, and NumPy makes of
    a list whatever fits all that is in it: one long text among many short ones takes gigabytes.
    """
    if type(was) is not type(now):
        return False
    if isinstance(was, np.ndarray):
        return was.dtype == now.dtype and np.array_equal(was, now, equal_nan=was.dtype.kind in "fc")
    if isinstance(was, (list, tuple)):
        return len(was) == len(now) and all(map(is_same, was, now))
    if isinstance(was, dict):
        return was.keys() == now.keys() and all(is_same(was[key], now[key]) for key in was)
    return bool(was == now or (was != was and now != now))


def tolerance(want: ArrayLike, rel: float, abs: float) -> float:
    """The distance that is still right: `abs + rel · max|want|`, one for all of `want`.

    The largest component sets the scale, because rounding in a sum is relative to its terms and
    not to a component that happens to cancel.
    """
    size = np.abs(np.asarray(want, dtype=float))
    return float(abs + rel * (size.max() if size.size else 0.0))


def show(value: Any) -> str:
    """A bounded, one-line text of a plain value; '' for None. Takes little for a huge value."""
    if value is None:
        return ""
    plain = value.item() if isinstance(value, np.generic) else value
    text = " ".join(_SHORT.repr(plain)[:_KEPT].split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _one_line(evidence: Evidence) -> str:
    return ", ".join(f"{key}: {text}" for key, text in evidence.model_dump().items() if text)
