"""The mark that makes a function one of the right programs."""

from collections.abc import Callable
from typing import Any

Program = Callable[..., Any]


def right(function: str) -> Callable[[Program], Program]:
    """Mark a program as a right version of `function`."""

    def mark(program: Program) -> Program:
        program.right_version_of = function  # type: ignore[attr-defined]
        return program

    return mark
