"""Programs and answers as tokens, so that they can be compared past names, layout and comments.

Two students who only renamed variables have the same tokens. What cannot be renamed is kept:
keywords, operators, numbers, built-ins, the lab's own names and what stands behind a dot.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Literal, Name, String, Text

from course.cellcode import as_written, quick_to_colour
from course.patience import FOR_A_TEXT, OutOfPatience, within

LONGEST = 20_000  # characters of a cell that are looked at
LENGTH = 8  # tokens of a fingerprint: long enough to be more than an idiom of the language

Gram = tuple[str, ...]

_lexer: Any = PythonLexer  # its author gave it no types
_LEXER = _lexer(stripnl=False, ensurenl=False)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Token:
    """One token as it is compared, and where it stands in the source."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=8192)  # most of a class's cells are like another's
def code_tokens(source: str, known: frozenset[str]) -> tuple[Token, ...]:
    """A program's tokens; names other than the `known` ones become one and the same.

    Comments, docstrings and layout are left out. What is no Python still has tokens; what takes
    very long to take apart has words.
    """
    try:
        return within(FOR_A_TEXT, lambda: _code_tokens(source, known))
    except OutOfPatience:
        return word_tokens(source)


def _code_tokens(source: str, known: frozenset[str]) -> tuple[Token, ...]:
    found: list[Token] = []
    for start, kind, text in _LEXER.get_tokens_unprocessed(quick_to_colour(source[:LONGEST])):
        if kind in Comment or kind in Text or kind in String.Doc:
            continue
        after_dot = bool(found) and found[-1].text == "."
        same = text
        if kind in Name and not after_dot and kind not in Name.Builtin and text not in known:
            same = "name"
        elif kind in String:
            same = "text"
        elif kind in Literal.Number:
            same = text.rstrip(".").removesuffix(".0")
        found.append(Token(same, start, start + len(text)))
    return tuple(found)


@lru_cache(maxsize=8192)
def word_tokens(source: str) -> tuple[Token, ...]:
    """A written answer's words, in small letters."""
    return tuple(
        Token(match[0].lower(), match.start(), match.end())
        for match in _WORD.finditer(source[:LONGEST])
    )


def grams(tokens: tuple[Token, ...]) -> list[Gram]:
    """All runs of `LENGTH` tokens, each beginning one token after the last: the fingerprints."""
    texts = tuple(token.text for token in tokens)
    return [texts[at : at + LENGTH] for at in range(len(texts) - LENGTH + 1)]


def covered(tokens: tuple[Token, ...], wanted: frozenset[Gram] | set[Gram]) -> frozenset[int]:
    """The positions of all tokens that lie in one of the wanted runs."""
    return frozenset(
        place
        for at, gram in enumerate(grams(tokens))
        if gram in wanted
        for place in range(at, at + LENGTH)
    )


def marked(
    source: str, tokens: tuple[Token, ...], places: frozenset[int]
) -> list[tuple[str, bool]]:
    """The source in pieces, each with whether it lies in the given places (and between them).

    What was not looked at is not shown, but said: an answer may be of eight million characters, and
    a page shows many.
    """
    spans: list[list[int]] = []
    last = -2
    for place in sorted(places):
        if place == last + 1 and spans:
            spans[-1][1] = tokens[place].end
        else:
            spans.append([tokens[place].start, tokens[place].end])
        last = place
    pieces, at = [], 0
    for start, end in spans:
        pieces += [(source[at:start], False), (source[start:end], True)]
        at = end
    rest = f"\n… and {len(source) - LONGEST:,} more characters" if len(source) > LONGEST else ""
    pieces += [(source[at:LONGEST], False), (rest, False)]
    return [(as_written(text), is_shared) for text, is_shared in pieces if text]
