"""The parts of a page: formulas, prose, a notebook within its budget, pictures on paper."""

from __future__ import annotations

import io
import re
import struct
from base64 import b64encode
from html import unescape
from time import process_time
from typing import Any

import pytest
from jinja2 import Environment
from PIL import Image

from course.plot import Mark, Plot, Role, Series
from course.reports import sanitize
from course.reports.cohort.tokens import code_tokens
from course.reports.pages import executed, spoken
from course.reports.pages.drawing import FAR, HEIGHT, WIDTH, draw
from course.reports.pages.executed import Block, blocks, plain
from course.reports.pages.formulas import LONGEST, formula
from course.reports.pages.prose import ELSEWHERE, prose
from course.reports.pasted import is_modest
from course.reports.sanitize import markdown_text
from course.reports.words import OWN
from course.sandbox.claims import PNG_SIGNATURE

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR4nGNgAAAAAgABSK+kcQ"
    "AAAABJRU5ErkJggg=="
)

# --- formulas and prose --------------------------------------------------------------------------


def test_a_formula_becomes_mathml() -> None:
    assert "<mfrac><mrow><mn>1</mn></mrow><mrow><mi>m</mi></mrow></mfrac>" in formula(
        r"\frac{1}{m}"
    )
    assert formula("x", block=True).startswith('<math tabindex="0" display="block">')
    assert 'width="2em"' in formula(r"a \qquad b")


@pytest.mark.parametrize(
    "latex",
    [r"\frac{", r"\text{<b>x</b>}", r"\text{</math><script>}", "x" * (LONGEST + 1), "{" * 2000, ""],
)
def test_what_is_no_formula_stays_as_typed(latex: str) -> None:
    shown = formula(latex)
    assert "<script>" not in shown
    assert shown.startswith('<code class="tex">') or not latex


@pytest.mark.parametrize(
    "latex", [r"\href{javascript:x}{y}", r"\style{color:red}{x}", r"\class{a}{x}"]
)
def test_a_formula_has_no_links_and_no_style(latex: str) -> None:
    assert not re.search(r"href|style=|class=", formula(latex))
    assert formula(latex).startswith("<math")


def test_prose_is_harmless_and_whole() -> None:
    html = prose(
        "# One <script>alert(1)</script>\n\n###### Six\n\n| a |\n|---|\n| $x$ |\n\n"
        "![far](https://example.org/x.png) ![](https://example.org/y.png) [to](https://example.org)"
    )
    assert "<h3>One &lt;script&gt;" in html
    assert "<h6>Six</h6>" in html
    assert re.search(r'<div class="scrolls"[^>]*><table>.*<math .*</table></div>', html, re.DOTALL)
    assert f"far {ELSEWHERE} <a " in html
    assert 'rel="noopener noreferrer"' in html
    assert "<img" not in html


def test_a_picture_in_the_text_stays() -> None:
    html = prose(f'<img src="{PIXEL}" onerror="x" width="9">').strip()
    assert html == f'<img src="{PIXEL}" alt="a picture">'


def packed(kind: str, width: int, height: int, **how: Any) -> str:
    out = io.BytesIO()
    Image.new("L", (width, height)).convert("RGB").save(out, kind, **how)
    return f"data:image/png;base64,{b64encode(out.getvalue()).decode()}"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_in_the_text_that_a_browser_has_no_room_for_is_named(kind: str) -> None:
    assert is_modest(packed(kind, 300, 200))
    assert not is_modest(packed(kind, 7_000, 6_000))
    assert "<img" not in prose(f"![mine]({packed(kind, 7_000, 6_000)})"[:19_000])


def test_what_a_picture_is_made_of_is_known() -> None:
    assert not is_modest(packed("WEBP", 7_000, 6_000, lossless=True))
    frame = b"GIF89a\1\0\1\0\0\0\0" + b"!\xf9\4\0\0\0\0\0" + b",\0\0\0\0" + b"\xff" * 4 + b"\0\0"
    assert not is_modest(f"data:image/gif;base64,{b64encode(frame).decode()}")
    for other in (b"<svg/>", b"BM", b"", b"GIF89a", b"\xff\xd8\xff", b"RIFF1234WEBPVP8 "):
        for kind in ("png", "svg+xml"):
            assert not is_modest(f"data:image/{kind};base64,{b64encode(other).decode()}")


@pytest.mark.parametrize("place", ["http://x/" + "u" * 8_000, "http://x '" + "u" * 8_000 + "'"])
def test_no_text_becomes_thousands_of_times_as_long(place: str) -> None:
    text = f"[a]: {place}\n\n" + "[a] ![a] " * 1_000
    assert len(prose(text)) < 40_000
    assert len(markdown_text(text)) < 40_000
    assert prose(text[:8_120]).count("<a ") > 5


def test_all_pictures_of_a_page_have_so_much_room_together() -> None:
    """A thousand of them, of forty bytes each, kept a browser for ten minutes."""
    wide = [PNG_SIGNATURE + struct.pack("!I4sII", 13, b"IHDR", 8192, 4096 - n) for n in range(4)]
    each = [f"<img src='data:image/png;base64,{b64encode(head).decode()}' alt=x>" for head in wide]
    cells = [{"cell_type": "markdown", "source": f"{html} ![]({PIXEL})"} for html in each]
    page = "".join(str(block.html) for block in blocks(cells))
    assert page.count("<img") == 8
    assert page.count("src=") == 2 + 4
    formgrader = Environment(autoescape=False)
    formgrader.filters["markdown2html"] = sanitize.markdown
    shown = formgrader.from_string(
        "{% for cell in cells %}{{ cell.source | markdown2html }}{% endfor %}"
    ).render(cells=cells, cell={"id": f"{OWN}1"}, resources={})
    assert shown.count("src=") == 2 + 4


@pytest.mark.parametrize("number", ["0", "1", "7", "9" * 5_000])
def test_nothing_but_a_formula_stands_for_a_formula(number: str) -> None:
    """A page of hundreds of megabytes, or none at all, of twenty thousand characters."""
    forged = f"&#xE000;{number}&#xE001;"
    html = prose(f"$x$ {forged} \ue000{number}\ue001 ![{forged}]({PIXEL})")
    assert html.count("<math") == 1
    assert html.count(number) >= 3


def test_a_gap_without_end_takes_little_time() -> None:
    start = process_time()
    for rendered in (prose, markdown_text):
        assert "b" in rendered("a" + " " * 19_000 + "b")
    assert process_time() - start < 0.5


@pytest.mark.parametrize(
    "source", ["<b>" * 1000, "$x$ " * 500, "w " * 20_000, "[" * 5000, ">" * 900]
)
def test_prose_that_would_take_long_stays_as_typed(source: str) -> None:
    assert prose(source)


def test_backticks_are_code_and_the_rest_is_text() -> None:
    assert spoken("its `return` <b> is `x<y`") == (
        "its <code>return</code> &lt;b&gt; is <code>x&lt;y</code>"
    )


# --- the notebook --------------------------------------------------------------------------------


def cell(*outputs: dict[str, Any], source: str = "x = 1", **labels: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "metadata": {"nbgrader": labels} if labels else {},
        "source": source,
        "outputs": list(outputs),
    }


def picture(size: int) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo" + "A" * size}}


def printed(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def one(*outputs: dict[str, Any], **labels: Any) -> Block:
    return blocks([cell(*outputs, **labels)])[0]


def test_outputs_are_text_and_pictures() -> None:
    html = {"output_type": "display_data", "data": {"text/html": "<b>", "text/plain": "plain"}}
    error = {"output_type": "error", "traceback": ["\x1b[31mE\x1b[0m", "last"]}
    shown = one(printed("a\n"), html, picture(4), printed("b"), error).outputs
    assert [(each.kind, each.text[:8]) for each in shown] == [
        ("text", "a\nplain"),
        ("picture", "iVBORw0K"),
        ("text", "b"),
        ("error", "E\nlast"),
    ]


def test_the_judges_table_is_not_shown_twice() -> None:
    table = {"output_type": "display_data", "data": {"text/html": "<table>", "text/plain": "t"}}
    points = {"output_type": "execute_result", "data": {"text/plain": "4.0"}}
    shown = one(printed("all right"), table, points, grade=True, grade_id="test_double").outputs
    assert [each.text for each in shown] == ["all right"]


def test_a_page_has_a_budget_and_says_what_did_not_fit() -> None:
    shown = one(picture(200_000), picture(200_000), picture(100)).outputs
    assert [each.kind for each in shown] == ["picture", "picture", "left_out"]
    assert "A picture is left out" in shown[2].text
    long = one(printed("x" * 50_000)).outputs[0].text
    assert len(long) < executed.ONE_TEXT + 50
    assert long.endswith("… and 46,000 more characters")
    many = blocks([cell(printed("x" * 4000)) for _ in range(40)])
    assert [each.outputs[0].kind for each in many].count("left_out") == 25
    assert blocks([cell(source="x" * 200_000)])[0].kind == "left_out"


@pytest.mark.parametrize("png", ["", "R0lGOD", 'iVBORw0KGgo"onerror=', "iVBORw0KGgo=x"])
def test_what_is_no_png_is_left_out(png: str) -> None:
    output = {"output_type": "display_data", "data": {"image/png": png}}
    assert [each.kind for each in one(output).outputs] == ["left_out"]


def test_text_as_it_stood_at_the_end() -> None:
    assert plain("10%\r50%\r100%\r\nnext\x07\x00") == "100%\nnext"
    assert plain("\x1b[1;31mred\x1b[0m \x1b]0;title\x07end") == "red end"


@pytest.mark.parametrize("blank", ["  \n", "\t\x0c\n", "\u2003\n"])
def test_blank_lines_cost_little_time(blank: str) -> None:
    """Four seconds for one cell, when each was followed to the last of them."""
    source = "x = 1\n" + blank * (19_000 // len(blank)) + "y = 2"
    start = process_time()
    assert "y" in executed.code(source)
    tokens = code_tokens(source, frozenset())
    assert [source[token.start : token.end] for token in tokens] == [*"x=1", *"y=2"]
    assert process_time() - start < 1.5


@pytest.mark.parametrize(
    "slow", ["'%" + "0" * 19_000 + "'", "'" + "\\N{" * 6_000 + "'", "match" + " " * 19_000 + "x"]
)
def test_no_code_takes_long_to_colour(slow: str) -> None:
    """Half a minute for one cell, on a page and in the class report each."""
    start = process_time()
    assert slow in unescape(executed.code(slow))
    tokens = code_tokens(f"x = 1\n{slow}\ny = 2", frozenset("xy"))
    assert [each.text for each in (*tokens[:3], *tokens[-3:])] == [*"x=1", *"y=2"]
    assert process_time() - start < 1.5


@pytest.mark.parametrize("slow", ["'%" + "0" * 199 + "'", "match" + " " * 199 + "x "])
def test_code_that_is_coloured_takes_little_time(slow: str) -> None:
    start = process_time()
    assert "<span" in executed.code(slow * (19_000 // len(slow)))
    assert process_time() - start < 1.5


def test_code_is_seen_in_the_order_in_which_it_runs() -> None:
    html = one(source="x = 1  # \u202eturned\u2069").html
    assert not set(html) & {"\u202e", "\u2069"}
    assert "\\u202eturned\\u2069" in html


def test_code_of_the_lab_is_named() -> None:
    titled = one(source="# @title Setup: run me first\nx = 1", locked=True, grade_id="setup")
    assert titled.given == "Setup: run me first"
    assert one(grade=True, locked=True, grade_id="t").given == "Visible checks"
    assert one(locked=True, grade_id="data").given == "Given code"
    assert one(solution=True, grade_id="double").given == ""


# --- pictures ------------------------------------------------------------------------------------


def plot(*places: tuple[float, float], **what: Any) -> Plot:
    series = Series.of(Role.YOURS, Mark.PATH, places, "yours")
    axes = {"x_range": (0, 10), "y_range": (0, 10), **what}
    return Plot(name="a", title="A", text="a", series=(series,), **axes)


def test_places_on_paper() -> None:
    drawing = draw(plot((0, 0), (10, 10)))
    (x0, y0), (x1, y1) = drawing.drawn[0].dots
    assert x0 < x1
    assert y0 > y1, "up is up"
    assert [tick.label for tick in drawing.x_ticks] == ["0", "2", "4", "6", "8", "10"]


@pytest.mark.parametrize("far", [1e3, -1e6, 1e12])
def test_a_line_that_leaves_is_cut_on_its_way(far: float) -> None:
    drawn = draw(plot((5, 5), (far, 5), (5, 5))).drawn[0]
    places = [tuple(map(float, each.split(","))) for each in drawn.points.split()]
    assert len(places) == 2, "nothing comes after the place where it left"
    assert abs(places[1][0]) <= (FAR + 1) * WIDTH
    assert abs(places[1][1] - places[0][1]) < HEIGHT / 20
    assert len(drawn.dots) == 1


def test_a_logarithmic_axis() -> None:
    drawing = draw(plot((1, 0.0), (2, 1.0), (3, 100.0), (4, 1e4), log=True, y_range=(1, 1e6)))
    places = [float(each.split(",")[1]) for each in drawing.drawn[0].points.split()]
    assert len(places) == 3, "zero has no logarithm"
    assert places[0] - places[1] == pytest.approx(places[1] - places[2], abs=0.2)
    assert [tick.label for tick in drawing.y_ticks] == [
        "1", "10", "100", "1000", "10⁴", "10⁵", "10⁶"
    ]  # fmt: skip
