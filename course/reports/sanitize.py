"""What may stand in a page made from a student's notebook: nbgrader's feedback and formgrader.

nbgrader's templates print markdown as it comes, so a `<script>` in a student's answer would run in
a TA's browser, with the TA's rights to change marks. nbconvert's own cleaning would not see that
markdown, and it takes headings, pictures and table heads away from everything else. The filters
here take the place of nbconvert's (`nbgrader_config.py` names them); the one for code is there
because a cell of blank lines would keep formgrader busy for minutes, and with it every TA.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import Any

import bleach  # type: ignore[import-untyped]
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from course.cellcode import BLANK_LINE

_TEXT = {"a", "abbr", "b", "br", "code", "del", "em", "i", "img", "ins", "kbd", "mark", "q", "s"}
_TEXT |= {"small", "span", "strong", "sub", "sup", "u", "var"}
_BLOCKS = {"blockquote", "details", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "p", "pre"}
_BLOCKS |= {"dd", "dl", "dt", "li", "ol", "summary", "ul"}
_TABLES = {"caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"}
TAGS = frozenset(_TEXT | _BLOCKS | _TABLES)
_ATTRIBUTES = {"align", "colspan", "height", "open", "rowspan", "start", "title", "width"}
PROTOCOLS = {"http", "https", "mailto", "data"}
_PICTURE = re.compile(r"(?:data:image/(?:png|jpeg|gif|svg\+xml|webp);base64,|https?:|(?!\w+:))")
LONGEST = 20_000  # characters of a cell that are still rendered as markdown, or coloured
MOST_MARKS = 400  # tags and environments in it
# the highlighter's classes; those of the page's own parts (navigation, dialogs) are longer
_CLASS = re.compile(r"highlight|[a-z][a-z0-9]?")


def clean(html: str | bytes) -> str:
    """HTML with only harmless tags and attributes left; the others appear as text."""
    return _cleaned(html.decode(errors="replace") if isinstance(html, bytes) else str(html))


@pass_context
def markdown(context: Context, source: str) -> str:
    """A markdown cell as harmless HTML; formulas stay as they are, for MathJax."""
    cell = context.get("cell") or {}
    return _rendered(source, _pictures(cell.get("attachments") or {}))


def markdown_text(source: str) -> str:
    """Markdown that stands in no notebook as harmless HTML."""
    return _rendered(source, ())


def highlighted(
    source: str, language: str | None = None, metadata: Mapping[str, Any] | None = None
) -> str:
    """A code cell in colours, or without if it is very long; nbconvert gives the arguments."""
    return _highlighted(source, language)


@lru_cache(maxsize=512)  # most cells are the lab's own and the same for every student
def _highlighted(source: str, language: str | None) -> str:
    if len(source) > LONGEST:
        return f'<div class="highlight"><pre>{escape(source)}</pre></div>'
    highlighter: Any = Highlight2HTML  # its author gave it no types
    colour = highlighter(pygments_lexer="python")
    return str(colour(BLANK_LINE.sub("", source), language=language))


Pictures = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def _pictures(attachments: dict[str, dict[str, Any]]) -> Pictures:
    """What was pasted into a cell, in a form that can be a key."""
    return tuple((name, tuple(bundle.items())) for name, bundle in sorted(attachments.items()))


@lru_cache(maxsize=512)  # most cells are the lab's own and the same for every student
def _rendered(source: str, pictures: Pictures) -> str:
    if len(source) > LONGEST or source.count("<") + source.count("\\begin") > MOST_MARKS:
        return f"<pre>{escape(source)}</pre>"  # the renderer takes quadratic time
    attachments = {name: dict(bundle) for name, bundle in pictures}
    renderer = IPythonRenderer(attachments=attachments, escape=False, exclude_anchor_links=True)
    return _cleaned(MarkdownWithMath(renderer=renderer).render(source))


@lru_cache(maxsize=512)
def _cleaned(html: str) -> str:
    cleaned = str(bleach.clean(html, tags=TAGS, attributes=allowed, protocols=PROTOCOLS))
    return cleaned.replace("<table>", '<table class="table">')  # as nbgrader's pages style tables


def allowed(tag: str, name: str, value: str) -> bool:
    """Whether an attribute may stay."""
    if name == "class":
        return all(_CLASS.fullmatch(each) for each in value.split())
    if name == "href":
        return tag == "a" and not re.sub(r"[\x00-\x20]", "", value).lower().startswith("data:")
    if name in ("src", "alt"):
        return tag == "img" and (name == "alt" or _PICTURE.match(value) is not None)
    return name in _ATTRIBUTES
