"""What may stand in a page made from a student's notebook: nbgrader's feedback and formgrader.

nbgrader's templates print markdown as it comes, so a `<script>` in a student's answer would run in
a TA's browser, with the TA's rights to change marks. nbconvert's own cleaning would not see that
markdown, and it takes headings, pictures and table heads away from everything else. The filters
here take the place of nbconvert's (`nbgrader_config.py` names them); those for code, colours and
links to files are there because one cell could keep formgrader, and so every TA, waiting for hours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape, unescape
from typing import Any, TypeVar

import bleach  # type: ignore[import-untyped]
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.ansi import ansi2html
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import (
    InvalidNotebook,
    IPythonRenderer,
    MarkdownWithMath,
)

from course.cellcode import BLANK_LINE, as_written, slow_to_colour
from course.patience import Patience
from course.reports.pasted import Room, is_modest
from course.reports.words import OWN

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
MOST_HTML = 20 * LONGEST  # characters that a text may become: a link may be called many times
MOST_MARKS = 400  # tags, environments and formulas in it
MOST_OF_A_PAGE = 120_000  # characters of all its cells: two thousand cells take a server's hour
_LONG_GAP = re.compile(r"[ \t]{500}")  # the renderer tries each place of a gap within a line
MOST_TYPESET = 30_000  # characters of a page's texts with formulas: a browser takes 20 s for them
_FORMULA = re.compile(r"\$|\\[(\[]|\\begin")
_DEFINES = re.compile(r"\\(?:def|let|(?:re)?new(?:command|environment)|Declare|require)")
MOST_CHANGES = 2_000  # of colour in one text that was printed
_CHANGE = "\x1b["
_LONG_CHANGE = re.compile(r"\x1b\[[^@-~]{200}")
_MARK = re.compile(r"<|\\begin|\\\\[(\[]")
# the highlighter's classes; those of the page's own parts (navigation, dialogs) are longer
_CLASS = re.compile(r"highlight|[a-z][a-z0-9]?")
_RENDERED, _PATIENCE, _ROOM = "characters rendered", "patience", "room for pictures"
_TYPESET = "characters typeset"

Kept = TypeVar("Kept")


@pass_context
def clean(context: Context, html: str | bytes) -> str:
    """HTML with only harmless tags and attributes left; the others appear as text."""
    text = html.decode(errors="replace") if isinstance(html, bytes) else str(html)
    return _patience(context).spend(lambda: _cleaned(text), lambda: _typed(text))


@pass_context
def markdown(context: Context, source: str) -> str:
    """A markdown cell as harmless HTML; formulas stay as they are, for MathJax.

    A picture of a student's is shown if it was pasted: another would tell its owner who reads the
    page and when, and an address of this server, such as the one that logs out, would be visited.
    """
    cell = context.get("cell") or {}
    if not _has_room(context, len(source)):
        return _typed(source)
    pictures, is_students = _pictures(cell.get("attachments") or {}), _is_students(cell)
    room = _of_page(context, _ROOM, Room) if is_students else None

    def shown() -> str:
        html = _rendered(source, pictures, is_students)
        if room is None:
            return html
        return room.fitted(html) if _may_be_typeset(context, html) else _typed(source)

    return _patience(context).spend(shown, lambda: _typed(source))


def _typed(source: str) -> str:
    return f"<pre>{escape(source)}</pre>"


def _patience(context: Context) -> Patience:
    """What the page at hand may still take."""
    return _of_page(context, _PATIENCE, Patience)


def _of_page(context: Context, name: str, make: Callable[[], Kept]) -> Kept:
    """What is kept for the page at hand, made with its first use: nbconvert has `resources`."""
    resources = context.get("resources")
    if not isinstance(resources, dict):
        return make()
    kept: Kept = resources.setdefault(name, make())
    return kept


def _has_room(context: Context, length: int) -> bool:
    """Whether a page has not rendered too much already."""
    resources = context.get("resources")
    if not isinstance(resources, dict):
        return True
    resources[_RENDERED] = resources.get(_RENDERED, 0) + length
    return bool(resources[_RENDERED] <= MOST_OF_A_PAGE)


def _may_be_typeset(context: Context, html: str) -> bool:
    """Whether MathJax may have what a student wrote: it looks for formulas in all but `<pre>`.

    A name that stands for thousands of characters holds in every formula after it.
    """
    text = unescape(html)
    if _FORMULA.search(text) is None:
        return True
    if _DEFINES.search(text) is not None:
        return False
    resources = context.get("resources")
    resources = resources if isinstance(resources, dict) else {}
    resources[_TYPESET] = resources.get(_TYPESET, 0) + len(text)
    return bool(resources[_TYPESET] <= MOST_TYPESET)


def _is_students(cell: Mapping[str, Any]) -> bool:
    """Whether a student wrote a cell of a graded notebook: an answer, or a cell of their own."""
    labels = cell.get("metadata", {}).get("nbgrader", {})
    return bool(labels.get("solution")) or str(cell.get("id", "")).startswith(OWN)


def markdown_text(source: str) -> str:
    """Markdown that stands in no notebook as harmless HTML."""
    return _rendered(source, ())


@pass_context
def highlighted(
    context: Context,
    source: str,
    language: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> str:
    """A code cell in colours, or without if it is very long; nbconvert gives the arguments."""
    source = as_written(source)
    return _patience(context).spend(
        lambda: _highlighted(source, language), lambda: _uncoloured(source)
    )


def as_it_is(html: str) -> str:
    """The page's HTML; IPython's old links to `files/`, which nbconvert looks for, are in no lab.

    It looks from each bracket to the end of its line, and on from there: twenty thousand characters
    of unfinished links would take it hours.
    """
    return html


@pass_context
def ansi(context: Context, text: str) -> str:
    """Printed text as HTML in the colours of a terminal; what changes them without end, in none.

    nbconvert begins anew with the rest of the text at each change, of which 256 kB can hold 80,000.
    """
    if text.count(_CHANGE) > MOST_CHANGES or _LONG_CHANGE.search(text):
        text = text.replace(_CHANGE, "")
    return _patience(context).spend(
        lambda: str(ansi2html(text)),  # type: ignore[no-untyped-call]
        lambda: escape(text),
    )


@lru_cache(maxsize=512)  # most cells are the lab's own and the same for every student
def _highlighted(source: str, language: str | None) -> str:
    plain = BLANK_LINE.sub("", source)
    if len(source) > LONGEST or slow_to_colour(plain):
        return _uncoloured(source)
    highlighter: Any = Highlight2HTML  # its author gave it no types
    colour = highlighter(pygments_lexer="python")
    return str(colour(plain, language=language))


def _uncoloured(source: str) -> str:
    return f'<div class="highlight">{_typed(source)}</div>'


Pictures = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def _pictures(attachments: dict[str, dict[str, Any]]) -> Pictures:
    """What was pasted into a cell, in a form that can be a key."""
    return tuple((name, tuple(bundle.items())) for name, bundle in sorted(attachments.items()))


def marks(source: str) -> int:
    """How much there is in a text of what the renderer takes quadratic time for."""
    return sum(1 for _ in _MARK.finditer(source))


def is_intricate(source: str, found: int) -> bool:
    """Whether a text, in which so many `marks` were found, would take long to render."""
    return len(source) > LONGEST or found > MOST_MARKS or _LONG_GAP.search(source) is not None


@lru_cache(maxsize=512)  # most cells are the lab's own and the same for every student
def _rendered(source: str, pictures: Pictures, is_students: bool = False) -> str:
    if is_intricate(source, marks(source)):
        return _typed(source)
    attachments = {name: dict(bundle) for name, bundle in pictures}
    renderer = _Renderer(attachments=attachments, escape=False, exclude_anchor_links=True)
    try:
        html = MarkdownWithMath(renderer=renderer).render(source)
    except (RecursionError, ValueError, InvalidNotebook):
        return _typed(source)
    return _cleaned(html, is_students) if len(html) <= MOST_HTML else _typed(source)


class _Renderer(IPythonRenderer):
    """Of a pasted picture that is not kept, its words: nbconvert would show no page at all."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        name = url.removeprefix("attachment:")
        if name != url and not self.attachments.get(name):
            return escape(text)
        return str(super().image(text, url, title))


@lru_cache(maxsize=512)
def _cleaned(html: str, is_students: bool = False) -> str:
    may_stay = _pasted if is_students else allowed
    cleaned = str(bleach.clean(html, tags=TAGS, attributes=may_stay, protocols=PROTOCOLS))
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


def _pasted(tag: str, name: str, value: str) -> bool:
    """Whether an attribute may stay in what a student wrote."""
    return allowed(tag, name, value) and (name != "src" or is_modest(value))
