"""What a student's function gave back: a value that must be coerced before it can be compared.

Objects with operators of their own please every `==`, `abs(a - b) < tol` and `pytest.approx`. The
wire lets only plain data through, and this wrapper lets a check see none of it but through a
coercion to plain finite numbers, so that a careless check cannot be fooled either.
"""

from __future__ import annotations

import math
from typing import Any, NoReturn, Self

import numpy as np
from numpy.typing import NDArray

from course.judge import messages
from course.judge.expect import CheckFailed, close, show, tolerance
from course.record import Evidence

NUMBER = "one number"
MOST_VALUES = 100_000  # in one answer; a check asks for far fewer, and each costs the judge time


class Returned:
    """A value from the student's process, with the call that gave it.

    Every coercion raises `CheckFailed` with a sentence for the student when the value has another
    form or is not finite.
    """

    __slots__ = ("call", "name", "raw")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, raw: Any, name: str, call: object) -> None:
        """`call`, made a str, is one line that a reader can follow."""
        self.raw = raw
        self.name = name
        self.call = call

    def number(self) -> float:
        """One finite number: an int, a float, a complex without imaginary part, or 0-d of those."""
        return self._finite(self._number(self.raw))

    def any_number(self) -> float:
        """One number as `number` takes it, or inf or nan, where these are right answers, too."""
        return self._number(self.raw)

    def pair(self) -> tuple[float, float]:
        """Two finite numbers from a tuple, a list or an array of two."""
        first, second = self.parts(2)
        return first.number(), second.number()

    def numbers(self, n: int | None = None) -> list[float]:
        """A flat sequence of finite numbers, of length `n` if given."""
        values = self._sequence(self.raw)
        wanted = f"a list of {'' if n is None else f'{n} '}numbers"
        if values is None:
            self._refuse(wanted)
        if n is not None and len(values) != n:
            self._refuse(wanted, "another number of them")
        return [self._finite(self._number(value)) for value in values]

    def array(self, shape: tuple[int, ...] | None = None) -> NDArray[np.float64]:
        """Finite numbers as float64, of exactly this shape if given; lists count as arrays."""
        if count(self.raw) > MOST_VALUES:
            self._refuse("a handful of values")
        wanted = f"an array of shape {shape}" if shape else "numbers" if shape is None else NUMBER
        found = self._array(wanted)
        if shape is not None and found.shape != shape:
            same_kind = found.ndim == len(shape)
            self._refuse(wanted, "an array of another shape" if same_kind else None)
        if not np.isfinite(found).all():
            self._fail(messages.NOT_FINITE.format(name=self.name, got="nan or inf"))
        return found

    def parts(self, n: int) -> tuple[Self, ...]:
        """The `n` values that a function returned together, each still to be coerced."""
        values = self._sequence(self.raw)
        if values is None:
            self._refuse(f"{n} values")
        if len(values) != n:
            self._refuse(f"{n} values", "another number of them")
        return tuple(type(self)(value, self.name, self.call) for value in values)

    def should_be(self, want: Any, rel: float = 1e-6, abs: float = 1e-12) -> None:
        """Fail the check unless this is `want`: same shape, within `abs + rel · max|want|`."""
        target = np.asarray(want, dtype=float)
        got: Any = self.array(target.shape) if target.shape else self.number()
        if close(got, target, rel, abs):
            return
        self._fail(
            messages.WRONG_VALUE.format(name=self.name),
            expected=want,
            got=got,
            allowed=f"{tolerance(target, rel, abs):.3g}",
        )

    def _number(self, value: Any, wanted: str = "") -> float:
        if isinstance(value, (np.ndarray, np.generic)) and value.ndim == 0:
            value = value.item()
        if type(value) is complex and value.imag == 0:  # what eigenvalues and roots come as
            value = value.real
        if type(value) is float:
            return value
        if type(value) is int:
            try:
                return float(value)
            except OverflowError:
                return math.inf
        self._refuse(wanted or (NUMBER if value is self.raw else "numbers"))

    def _finite(self, number: float) -> float:
        if not math.isfinite(number):
            self._fail(messages.NOT_FINITE.format(name=self.name, got=number))
        return number

    def _array(self, wanted: str) -> NDArray[np.float64]:
        if isinstance(self.raw, (np.ndarray, np.generic)):
            raw = (
                self.raw.real
                if self.raw.dtype.kind == "c" and not self.raw.imag.any()
                else self.raw
            )
            if raw.dtype.kind in "iuf":
                return self._floats(raw)
        values = self._sequence(self.raw)
        if values is None:
            return np.asarray(self._number(self.raw, wanted))
        rows = [type(self)(value, self.name, self.call)._array("numbers") for value in values]
        if len({row.shape for row in rows}) > 1:
            self._refuse("numbers of one shape")
        return self._floats(rows)

    def _floats(self, values: Any) -> NDArray[np.float64]:
        try:
            return np.asarray(values, dtype=np.float64)
        except (ValueError, OverflowError, MemoryError):
            self._refuse("numbers")

    def _sequence(self, value: Any) -> list[Any] | None:
        is_array = isinstance(value, np.ndarray) and value.ndim > 0
        if not (is_array or type(value) in (list, tuple)):
            return None
        if len(value) > MOST_VALUES:
            self._refuse("a handful of values")
        return list(value)

    def _refuse(self, wanted: str, got: str | None = None) -> NoReturn:
        seen = got or kind(self.raw)
        self._fail(messages.WRONG_KIND.format(name=self.name, got=seen, wanted=wanted))

    def _fail(
        self, sentence: str, expected: Any = None, got: Any = None, allowed: str = ""
    ) -> NoReturn:
        shown = show(self.raw if got is None else got)
        evidence = Evidence(
            call=str(self.call), expected=show(expected), got=shown, tolerance=allowed
        )
        raise CheckFailed(sentence, evidence)

    def _compared(self, other: object) -> NoReturn:
        raise TypeError(
            f"{self.call} was compared before it was coerced: "
            "use .number(), .pair(), .numbers(), .array() or .should_be()"
        )

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _compared

    def __bool__(self) -> bool:
        self._compared(None)

    def __repr__(self) -> str:
        return f"<{self.call} → {show(self.raw)}>"


def count(value: Any) -> int:
    """How many values there are in plain data, lists included; it stops above `MOST_VALUES`.

    An array's empty sides count as 1: as a list, one without a value may still have any length.
    Each of its axes counts, too: as a list, one value of twenty axes is twenty lists.
    """
    found, waiting = 0, [value]
    while waiting and found <= MOST_VALUES:
        each = waiting.pop()
        is_array = isinstance(each, np.ndarray)
        found += math.prod(max(side, 1) for side in each.shape) + each.ndim if is_array else 1
        if isinstance(each, (list, tuple)):
            waiting += each
    return found


_DIMENSIONS = {0: "a single value", 1: "a one-dimensional array", 2: "a two-dimensional array"}


def kind(value: Any) -> str:
    """What a value is, in words that hold no number that a student could have put there.

    A shape or a length could carry the inputs of a check into a report.
    """
    if value is None:
        return "nothing (None)"
    if isinstance(value, np.ndarray):
        return _DIMENSIONS.get(value.ndim, "an array of many dimensions")
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__}"
    if isinstance(value, (bool, np.bool_)):
        return "True or False"
    if isinstance(value, (int, float, np.integer, np.floating)):
        return "one number"
    words = {str: "text", dict: "a dictionary", complex: "a complex number", bytes: "bytes"}
    return words.get(type(value), "something that is not a number")
