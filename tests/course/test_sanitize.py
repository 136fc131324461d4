"""Nothing that a student wrote runs in a reader's browser, and what is harmless stays as it was."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from time import process_time

import pytest
from jinja2 import Environment
from nbconvert import HTMLExporter

from course import patience
from course.config import load_settings
from course.gradebook.adapter import load_config
from course.record import Record, Status
from course.reports import sanitize
from course.reports.notebook import summary
from course.reports.sanitize import (
    LONGEST,
    MOST_OF_A_PAGE,
    ansi,
    as_it_is,
    clean,
    highlighted,
    markdown,
)
from course.reports.words import OWN

REPOSITORY = Path(__file__).parents[2]

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img src='javascript:alert(1)'>",
    "<img src='data:text/html;base64,PHNjcmlwdD4='>",
    "<svg onload=alert(1)><circle/></svg>",
    "<math><mtext></p><img src=x onerror=alert(1)></mtext></math>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='jAvA\tscript:alert(1)'>x</a>",
    "<a href=' data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='d\nata:text/html,x'>x</a>",
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](javascript:alert(1))",
    "<iframe src='https://evil.example'></iframe>",
    "<object data='x.swf'></object><embed src='x'>",
    "<form action='/formgrader/api/grade'><input name='manual_score' value='100'></form>",
    "<style>.score { display: none }</style>",
    "<link rel=stylesheet href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href='//evil.example/'>",
    "<div style='position:fixed;top:0'>x</div>",
    "<div class='navbar navbar-fixed-top modal-backdrop'>x</div>",
    "<div id='notebook'>x</div>",
    "<p onclick=alert(1)>x</p>",
    "<!-- <script>alert(1)</script> -->",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<table background='javascript:alert(1)'><tr><td>x</td></tr></table>",
    "<template><script>alert(1)</script></template>",
    "<details ontoggle=alert(1) open><summary>x</summary></details>",
    "<xmp><script>alert(1)</script></xmp>",
    "</div></div><script>alert(1)</script>",
]
ALLOWED_SOURCES = ("https://", "http://", "data:image/", "x")


def filtered(filter_: Callable[..., str], text: str | bytes) -> str:
    """What one of the filters makes of a text on a page of its own."""
    environment = Environment(autoescape=False)
    environment.filters["filter"] = filter_
    return environment.from_string("{{ text | filter }}").render(text=text, resources={})


def cleaned(html: str | bytes) -> str:
    return filtered(clean, html)


def rendered(source: str, **cell: object) -> str:
    environment = Environment(autoescape=False)
    environment.filters["markdown2html"] = markdown
    template = environment.from_string("{{ cell.source | markdown2html }}")
    return template.render(cell={"source": source, **cell})


@pytest.mark.parametrize("how", [cleaned, rendered], ids=["html", "markdown"])
@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_hostile_appears_as_text_or_not_at_all(text: str, how: object) -> None:
    assert callable(how)
    page = Page()
    page.feed(how(text))
    assert page.harm == []


class Page(HTMLParser):
    """What a browser would find in a page that can act, load or overlay."""

    TAGS = frozenset(
        {"script", "style", "iframe", "object", "embed", "form", "input", "link", "meta", "base"}
        | {"svg", "math", "template", "xmp", "noscript"}
    )
    ATTRIBUTES = frozenset({"style", "id", "srcdoc", "background", "action"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.harm: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in self.TAGS:
            self.harm.append(tag)
        for name, value in attributes:
            text = "".join((value or "").split()).lower()
            if name.startswith("on") or name in self.ATTRIBUTES or self.leads_astray(name, text):
                self.harm.append(f"{name}={text}")

    def leads_astray(self, name: str, text: str) -> bool:
        match name:
            case "href":
                return text.startswith(("javascript:", "data:", "vbscript:"))
            case "src":
                return not text.startswith(ALLOWED_SOURCES)
            case "class":
                return len(text) > 2 and text not in ("highlight", "table")
        return False

    handle_startendtag = handle_starttag

    def handle_comment(self, data: str) -> None:
        self.harm.append(data)


def test_the_detector_detects() -> None:
    for text in ("<script>", "<p onclick=x>", "<a href=javascript:x>", "<img src=data:text/html,>"):
        page = Page()
        page.feed(text)
        assert page.harm, text


def test_the_table_of_checks_stays_whole() -> None:
    table = (
        "<p><b>3 of 4 points</b></p><table><thead><tr><th>Check</th><th>Points</th></tr></thead>"
        "<tbody><tr><td>a &lt; b<br>got 3</td><td>3 / 4</td></tr></tbody></table>"
    )
    assert cleaned(table) == table.replace("<table>", '<table class="table">')


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("# Title", "<h1>Title</h1>"),
        ("some **bold** and `code`", "<p>some <strong>bold</strong> and <code>code</code></p>"),
        ("<details><summary>Hint</summary>\n\nThink.\n\n</details>", "<summary>Hint</summary>"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "<td>1</td>"),
        ("$x_1 < x_2$ and $$\\frac{a}{b}$$", "$x_1 &lt; x_2$ and $$\\frac{a}{b}$$"),
        ("```python\nx = 1\n```", '<span class="mi">1</span>'),
        ("[link](https://example.org/a?b=c)", '<a href="https://example.org/a?b=c">link</a>'),
        ("![badge](https://example.org/badge.svg)", 'src="https://example.org/badge.svg"'),
        ("- one\n- two", "<li>one</li>"),
        ("---", "<hr>"),
    ],
)
def test_what_a_lab_is_written_with_stays(source: str, part: str) -> None:
    assert part in rendered(source)


def test_pasted_pictures_stay() -> None:
    pasted = {"plot.png": {"image/png": "aGVsbG8="}}
    page = rendered("![plot](attachment:plot.png)", attachments=pasted)
    assert 'src="data:image/png;base64,aGVsbG8="' in page


def test_a_pasted_page_is_no_picture() -> None:
    pasted = {"plot.png": {"text/html": "PHNjcmlwdD4="}}
    assert "text/html" not in rendered("![plot](attachment:plot.png)", attachments=pasted)


def test_a_pasted_picture_that_is_not_kept_leaves_its_words() -> None:
    for source in ("![my plot](attachment:plot.png)", "![my plot](attachment:)"):
        assert "my plot" in rendered(source)
        assert "<img" not in rendered(source)
        assert "my plot" in rendered(source, attachments={"plot.png": {}})


@pytest.mark.parametrize("cell", [{"id": "own-7"}, {"metadata": {"nbgrader": {"solution": True}}}])
@pytest.mark.parametrize(
    "place", ["https://evil.example/seen.png", "//evil.example/x", "/logout", "../api/x", "x.png"]
)
def test_a_students_picture_has_no_browser_ask_for_anything(
    cell: dict[str, object], place: str
) -> None:
    shown = rendered(f"![seen]({place}) <img src='{place}'>", **cell)
    assert "src" not in shown
    assert 'alt="seen"' in shown
    pasted = (
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR4nGNg"
        "AAAAAgABSK+kcQAAAABJRU5ErkJggg=="
    )
    drawn = "data:image/svg+xml;base64,aGVsbG8="
    assert "src" not in rendered(f"![mine]({drawn})", **cell)
    assert f'src="{pasted}"' in rendered(f"![mine]({pasted})", **cell)


@pytest.mark.parametrize("place", ["http://evil.example/seen.png", "//evil.example/x", "/logout"])
def test_what_a_summary_quotes_of_a_student_is_text(place: str) -> None:
    """A label, the name of a file, a line of code: all of them stand in sentences."""
    quoted = f"![seen]({place}) [![a][b]]({place}) <img src={place}>"
    said = {"rule": "order", "cell": "", "sentence": f"'{quoted}' is not in it."}
    told = {"student": quoted, "lab": "lab1", "max_points": 0, "reason": quoted, "repairs": [said]}
    shown = rendered(summary(Record(status=Status.ZERO, **told), "nothing"), id="graded-summary")
    assert "<img" not in shown
    assert "seen</a>" not in shown
    assert unescape(re.sub(r"<[^>]+>", "", shown)).count(f"![seen]({place})") == 3


def test_formgrader_shows_a_page_of_any_number_of_cells_in_bounded_time() -> None:
    environment = Environment(autoescape=False)
    environment.filters["markdown2html"] = markdown
    cells = "{% for cell in cells %}{{ cell.source | markdown2html }}{% endfor %}"
    rows = "a|b|c\n-|-|-\n" + "&|*x*|`y`\n" * 1_700
    sources = [f"{number}\n\n{rows}" for number in range(200)]
    start = process_time()
    page = environment.from_string(cells).render(
        cells=[{"source": each} for each in sources], resources={}
    )
    assert process_time() - start < 20
    assert page.count("<table") == MOST_OF_A_PAGE // len(sources[-1])
    assert all(f"{number}\n" in page for number in range(10, 200))


@pytest.mark.parametrize("opener", ["\\\\[", "\\\\("])
def test_formulas_without_an_end_take_little_time(opener: str) -> None:
    start = process_time()
    assert "x" in rendered(opener * (19_000 // len(opener)) + "x")
    assert process_time() - start < 0.5


def test_unfinished_links_to_files_keep_formgrader_waiting_no_longer_than_others() -> None:
    """Hours for two thousand of them, as nbconvert looks for such links."""
    settings = load_settings(REPOSITORY)
    environment = HTMLExporter(config=load_config(settings)).environment
    start = process_time()
    for source in ("[a](files/" * 1_900, "[" * 1_000_000):
        shown = environment.from_string("{{ source | markdown2html | strip_files_prefix }}")
        assert source[:4] in shown.render(source=source)
    assert process_time() - start < 1.5


def test_printed_colours_stay_unless_they_change_without_end() -> None:
    assert (
        filtered(ansi, "\x1b[1;31m<b>\x1b[0m")
        == '<span class="ansi-red-intense-fg ansi-bold">&lt;b&gt;</span>'
    )
    start = process_time()
    for endless in ("\x1b[m" * 80_000, "\x1b[1m" * 60_000, "\x1b[" + "1;" * 120_000 + "m"):
        shown = filtered(ansi, f"{endless}<script>")
        assert "\x1b" not in shown
        assert shown.endswith("&lt;script&gt;")
    assert process_time() - start < 1


@pytest.mark.parametrize(
    ("filter_", "inner", "plain"),
    [
        (clean, "_cleaned", "<pre>&lt;b&gt;</pre>"),
        (markdown, "_rendered", "<pre>&lt;b&gt;</pre>"),
        (highlighted, "_highlighted", '<div class="highlight"><pre>&lt;b&gt;</pre></div>'),
        (ansi, "ansi2html", "&lt;b&gt;"),
    ],
)
def test_what_takes_too_long_is_shown_as_it_was_typed(
    filter_: Callable[..., str], inner: str, plain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it is that the libraries take minutes for, a page of it is soon there."""
    monkeypatch.setattr(sanitize, inner, lambda *_: re.fullmatch("(a+)+", "a" * 40 + "b"))
    monkeypatch.setattr(patience, "FOR_A_TEXT", 0.2)
    monkeypatch.setattr(patience, "FOR_A_PAGE", 0.5)
    environment = Environment(autoescape=False)
    environment.filters["filter"] = filter_
    page = environment.from_string("{% for text in texts %}{{ text | filter }}{% endfor %}")
    start = process_time()
    assert page.render(texts=["<b>"] * 20, resources={}) == plain * 20
    assert process_time() - start < 1.5


def test_bytes_that_are_no_text() -> None:
    assert cleaned(b"\xff<b>x</b>") == "\ufffd<b>x</b>"


def test_nbgrader_is_told_of_every_filter() -> None:
    told = (REPOSITORY / "nbgrader_config.py").read_text(encoding="utf-8")
    for name, filter_ in (
        ("markdown2html", markdown),
        ("clean_html", clean),
        ("highlight_code", highlighted),
        ("ansi2html", ansi),
        ("strip_files_prefix", as_it_is),
    ):
        assert f'"{name}": "course.reports.sanitize.{filter_.__name__}"' in told


def test_code_is_coloured_and_harmless() -> None:
    shown = filtered(highlighted, "x = '</pre><script>'")
    assert "highlight hl-python" in shown
    assert "<span" in shown
    assert "<script" not in shown
    long = filtered(highlighted, "<script>" * (LONGEST // 8 + 1))
    assert "<script" not in long
    assert "<span" not in long
    turned = filtered(highlighted, "return 0  # \u202e⁦ W x + b")
    assert "\u202e" not in turned
    assert "\\u202e" in turned


@pytest.mark.parametrize("blank", ["  \n", "\t\x0c\n"])
def test_blank_lines_keep_formgrader_waiting_no_longer_than_others(blank: str) -> None:
    start = process_time()
    assert "x" in filtered(highlighted, blank * (19_000 // len(blank)) + "x")
    assert process_time() - start < 1.5


@pytest.mark.parametrize("slow", ["'%" + "0" * 19_000 + "'", "'" + "\\N{" * 6_000 + "'"])
def test_no_code_keeps_formgrader_waiting_for_its_colours(slow: str) -> None:
    start = process_time()
    assert slow in unescape(filtered(highlighted, slow))
    assert process_time() - start < 1.5


@pytest.mark.parametrize(
    "formula",
    [
        r"$\def\a{x}$",
        r"$\newcommand{\a}{x}$ $x$",
        r"&#36;\d&#101;f\a{x}&#36;",
        r"&#36;\de<!-- -->f\a{x}&#36;",
        "\\\\(\\let\\a=b\\\\)",
    ],
)
def test_no_formula_of_a_students_defines_what_others_mean(formula: str) -> None:
    """Twenty uses of a name for 4,000 characters kept a browser for a minute, in a gigabyte."""
    assert typeset(formula).startswith("<pre>")
    assert typeset("$x$ and $y$") == "<p>$x$ and $y$</p>"


def test_so_much_of_a_students_text_is_typeset_in_a_page() -> None:
    page = typeset(*["word " * 1_000] * 5, *["$" + "x+" * 5_000 + "$"] * 5)
    assert page.count("<pre>") == 3


def typeset(*texts: str) -> str:
    """What formgrader shows of a student's texts."""
    formgrader = Environment(autoescape=False)
    formgrader.filters["markdown2html"] = markdown
    shown = formgrader.from_string("{% for each in texts %}{{ each | markdown2html }}{% endfor %}")
    return shown.render(texts=texts, cell={"id": f"{OWN}1"}, resources={}).strip()
