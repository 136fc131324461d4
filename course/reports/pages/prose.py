"""Markdown of a notebook or of a TA as HTML that can stand in a page: harmless and self-contained.

What `sanitize` lets through for nbgrader's pages may still fetch pictures from elsewhere, and
leaves formulas to a script. Here a picture that is not part of the text becomes its description,
formulas become MathML, headings move below those of the page, and wide tables scroll by themselves.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import Any

from bleach.html5lib_shim import Filter  # type: ignore[import-untyped]
from bleach.sanitizer import Cleaner  # type: ignore[import-untyped]
from markupsafe import Markup, escape
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from course.reports import sanitize
from course.reports.pages.formulas import formula
from course.reports.pasted import is_modest

HEADINGS_FROM = 3  # a notebook's first heading is one of the page's third level
ELSEWHERE = "(a picture that is not part of this page)"

# Where a formula goes while the rest is cleaned. A text may hold these characters, as entities at
# least; what no text can hold is the word between them, another one each time.
_OPEN, _CLOSE = "\ue000", "\ue001"

Token = dict[str, Any]


@lru_cache(maxsize=512)  # most cells are the lab's own and the same for every student
def prose(source: str) -> Markup:
    """Markdown as HTML; what is too long or too intricate to render in time stays as typed."""
    if sanitize.is_intricate(source, _marks(source)):
        return typed(source)
    renderer = _Renderer()
    try:
        html = MarkdownWithMath(renderer=renderer).render(source)
    except (RecursionError, ValueError):
        return typed(source)
    if len(html) > sanitize.MOST_HTML:
        return typed(source)
    return Markup(renderer.with_formulas(_clean(html)))


def typed(source: str) -> Markup:
    """Markdown as it was typed."""
    return Markup("<pre>{}</pre>").format(source)


def _marks(source: str) -> int:
    return sanitize.marks(source) + source.count("$") // 2


def _clean(html: str) -> str:
    cleaner = Cleaner(
        tags=sanitize.TAGS,
        attributes=sanitize.allowed,
        protocols=sanitize.PROTOCOLS,
        filters=[_SelfContained],
    )
    return str(cleaner.clean(html))


class _SelfContained(Filter):  # type: ignore[misc]
    """Changes elements, after cleaning and before anything is text again."""

    def __iter__(self) -> Iterator[Token]:
        for token in super().__iter__():
            yield from self._changed(token)

    def _changed(self, token: Token) -> Iterator[Token]:
        kind, name = token["type"], token.get("name", "")
        if name == "img":
            yield _picture(token)
        elif name == "table" and kind == "StartTag":
            scrolls = {"class": "scrolls", "tabindex": "0", "role": "group", "aria-label": "table"}
            yield {**token, "name": "div", "data": {(None, key): scrolls[key] for key in scrolls}}
            yield token
        elif name == "table" and kind == "EndTag":
            yield token
            yield {**token, "name": "div"}
        elif re.fullmatch("h[1-6]", name):
            yield {**token, "name": f"h{min(6, int(name[1]) + HEADINGS_FROM - 1)}"}
        elif name == "a" and kind == "StartTag":
            yield {**token, "data": {**token["data"], (None, "rel"): "noopener noreferrer"}}
        else:
            yield token


def _picture(token: Token) -> Token:
    """A picture that is part of the text, or in words what stood there."""
    words = unescape(token["data"].get((None, "alt"), "")).strip()
    src = token["data"].get((None, "src"), "")
    if not is_modest(src):
        return {"type": "Characters", "data": words or ELSEWHERE}
    return {**token, "data": {(None, "src"): src, (None, "alt"): words or "a picture"}}


class _Renderer(IPythonRenderer):
    """Puts formulas aside, so that cleaning sees none of them."""

    def __init__(self) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self._formulas: list[Markup] = []
        self._word = secrets.token_hex(8)

    def with_formulas(self, html: str) -> str:
        """The cleaned text with its formulas back in their places."""
        place = re.compile(f"{_OPEN}{self._word}-([0-9]+){_CLOSE}")
        return place.sub(lambda found: str(self._formulas[int(found[1])]), html)

    def _aside(self, latex: str, *, block: bool) -> str:
        self._formulas.append(formula(latex, block=block))
        return f"{_OPEN}{self._word}-{len(self._formulas) - 1}{_CLOSE}"

    def block_math(self, body: str) -> str:
        return self._aside(body, block=True)

    def inline_math(self, body: str) -> str:
        return self._aside(body, block=False)

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture; what was pasted into a cell is not kept by the grader, so only its words."""
        if url.startswith("attachment:"):
            return str(escape(text))
        return str(super().image(text, url, title))

    def block_mermaidjs(self, code: str) -> Any:
        return str(typed(code))
