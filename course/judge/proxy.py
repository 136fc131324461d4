"""The `submission` that a check sees: names stand for the student's functions, calls are remote.

`submission.cost(x, y, W, b)` calls the student's `cost` in its own process and wraps what comes
back. The judge never holds a student's object.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from course.judge.expect import show
from course.judge.returned import Returned
from course.sandbox.outcome import (
    NotDefined,
    ProcessEnded,
    StudentError,
    SubmissionError,
    TimeLimit,
)

PATIENCE = 2  # time limits of one function within one cell's checks


class Callee(Protocol):
    """What can be asked of a student's namespace; `course.sandbox.host.Child` is one.

    Each may raise the outcomes of `course.sandbox.outcome` and nothing else.
    """

    def call(self, name: str, *args: Any) -> Any:
        """The plain value that `name(*args)` gives."""

    def watch(self, name: str, *args: Any) -> tuple[Any, tuple[Any, ...]]:
        """That value, and the arguments as they are after the call."""

    def get(self, name: str) -> Any:
        """The plain value that stands under `name`."""


class Submission:
    """One student's functions and values, as checks ask for them."""

    def __init__(self, callee: Callee) -> None:
        self._callee = callee
        self._ended = False
        self._stopped: defaultdict[str, list[TimeLimit]] = defaultdict(list)

    def __getattr__(self, name: str) -> Callable[..., Returned]:
        if name.startswith("_"):
            raise AttributeError(name)

        def call(*args: Any) -> Returned:
            raw = self._ask(name, self._callee.call, name, *args)
            return Returned(raw, name, Call(name, args))

        return call

    def watch(self, name: str, *args: Any) -> tuple[Returned, tuple[Any, ...]]:
        """Call `name(*args)`; also give the arguments back as they are after the call."""
        raw, after = self._ask(name, self._callee.watch, name, *args)
        return Returned(raw, name, Call(name, args)), after

    def value(self, name: str) -> Returned:
        """The value of a variable, such as a learning rate that the student chose."""
        return Returned(self._ask(name, self._callee.get, name), name, name)

    def _ask(self, function: str, request: Callable[..., Any], *args: Any) -> Any:
        """Send one request; note on whatever ends it which function that was.

        A function that was stopped at its time limit twice is not called a third time: an endless
        loop under ten checks would otherwise cost ten limits.
        """
        try:
            if len(self._stopped[function]) >= PATIENCE:
                raise self._stopped[function][-1]
            return request(*args)
        except SubmissionError as ended:
            ended.function = function
            if isinstance(ended, TimeLimit):
                self._stopped[function].append(ended)
            if isinstance(ended, ProcessEnded):
                ended.during, self._ended = not self._ended, True
            raise


class InProcess:
    """A `Callee` over functions of our own: reference, misconceptions, right programs.

    It runs them in this very process, so nothing that a student wrote may ever reach it.
    """

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._namespace = namespace

    def call(self, name: str, *args: Any) -> Any:
        """As `Callee.call`; the function gets copies, as it would over the wire."""
        return self.watch(name, *args)[0]

    def watch(self, name: str, *args: Any) -> tuple[Any, tuple[Any, ...]]:
        """As `Callee.watch`."""
        function = self.get(name)
        if not callable(function):
            raise NotDefined(name)
        copies = copy.deepcopy(args)
        try:
            with np.errstate(all="ignore"):
                result = function(*copies)
        except Exception as error:
            raise StudentError(type(error).__name__, str(error)) from None
        return copy.deepcopy(result), copies

    def get(self, name: str) -> Any:
        """As `Callee.get`."""
        try:
            return self._namespace[name]
        except KeyError:
            raise NotDefined(name) from None


class Call:
    """A call as one bounded line, for evidence: written out when it is read, for most never are."""

    __slots__ = ("_arguments", "_name")

    def __init__(self, name: str, arguments: tuple[Any, ...]) -> None:
        self._name = name
        self._arguments = copy.deepcopy(arguments)  # as they were: a check may use them again

    def __str__(self) -> str:
        text = f"{self._name}({', '.join(map(show, self._arguments))})"
        return text if len(text) <= 600 else text[:599] + "…"
