"""Has Python ask again for a folder when a signal came while the judge was asked.

Untrusted side. Without a turnstile no signal interrupts this call, so that Python, which tries
others again (PEP 475), gives up at this one. The stopwatch sends a signal twice a second, and who
made a folder just then, on a machine full of others above all, had an error for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

INTERRUPTED = ("mkdir",)
"""What Python does not try again by itself, of all that asks: files are opened until they are."""

Function = Callable[..., Any]


def install() -> None:
    """Replace these functions of `os`."""
    for name in INTERRUPTED:
        setattr(os, name, _until_done(getattr(os, name)))


def _until_done(function: Function) -> Function:
    """The same function, which nothing but an error of its own or of a signal's handler ends."""

    @wraps(function)
    def called(*arguments: Any, **named: Any) -> Any:
        while True:
            try:
                return function(*arguments, **named)
            except InterruptedError:
                continue

    return called
