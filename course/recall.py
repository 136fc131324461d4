"""What was found out about texts, kept for the next text that is the same, within bounds.

Students' cells are much alike, so most of what is asked of them was asked before. But a notebook
may hold a million characters, and what is known of them takes forty times their memory.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import _lru_cache_wrapper, lru_cache, wraps
from typing import Any, TypeVar

T = TypeVar("T")

MOST_TEXTS = 4096
MOST_CHARACTERS = 4_000_000
"""Of the texts of which something is kept, once for each thing."""

_kept: list[_lru_cache_wrapper[Any]] = []
_characters = 0


def recalled(function: Callable[[str], T]) -> Callable[[str], T]:
    """A function of a text that keeps what it found, until `forget_much`."""

    @wraps(function)
    def found_out(text: str) -> T:
        global _characters
        _characters += len(text)
        return function(text)

    kept = lru_cache(MOST_TEXTS)(found_out)
    _kept.append(kept)
    return kept


def forget_much() -> None:
    """Forget everything if it is much: to be called between two submissions."""
    global _characters
    if _characters > MOST_CHARACTERS:
        _characters = 0
        for kept in _kept:
            kept.cache_clear()
