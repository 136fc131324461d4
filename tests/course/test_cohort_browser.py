"""The class page in a real browser: who can use it, for hundreds, with and without script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from browsers import SCHEMES, WIDTHS, accessible, browser, inside, opened
from made_up import Work, course_of, crowd, write
from playwright.sync_api import Browser, Page
from test_cohort_similar import ODD, PROGRAMS, renamed

from course.lab import Lab
from course.record import Status
from course.reports.cohort.links import class_page, index_page
from course.reports.cohort.page import write_class_page

pytestmark = pytest.mark.slow

HOSTILE = "<img src=https://example.org/x onerror=alert(1)><script>alert(1)</script>"
MOST = 3_000_000  # bytes


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The class page and the index of forty students, some of them odd."""
    return written(tmp_path_factory.mktemp("class"), 40)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The class page of five hundred students."""
    return written(tmp_path_factory.mktemp("crowd"), 500)["class"]


def written(folder: Path, count: int) -> dict[str, Path]:
    settings = course_of(folder)
    lab = Lab.load(settings, "lab1")
    works = crowd(lab, count, PROGRAMS)
    works[0] = replace(works[0], typed={"gradient_descent": ODD, "answer_cost_rises": HOSTILE})
    works[1] = replace(works[1], typed={"gradient_descent": renamed(ODD)})
    nothing = {"status": Status.ZERO, "cells": (), "points": 0.0, "reason": HOSTILE}
    works[2] = replace(works[2], parts=nothing)
    works[3] = Work("<b onclick=alert(1)>n", {"gradient_descent": HOSTILE * 9})
    write(settings, lab, works)
    write_class_page(settings, "lab1")
    return {"class": class_page(settings, "lab1"), "index": index_page(settings)}


def shown(page: Page) -> list[str]:
    """The names in the table of students, as it stands."""
    rows = page.locator("#table tbody tr:not([hidden]) th")
    return [text.strip() for text in rows.all_text_contents()]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_at_every_width(
    chrome: Browser, pages: dict[str, Path], tmp_path: Path, width: int, scheme: str
) -> None:
    for name, path in pages.items():
        with opened(chrome, path, width, scheme) as seen:
            inside(seen.page)
            if (width, scheme) in ((390, "dark"), (1440, "light")):
                seen.page.evaluate(
                    "document.querySelector('.pair').open = true" * (name == "class")
                )
                accessible(seen.page)
            seen.page.screenshot(path=tmp_path / f"{name}-{width}-{scheme}.png", full_page=True)
            assert (seen.requests, seen.errors, seen.dialogs) == ([], [], [])


def test_the_table_of_five_hundred_is_sorted_and_filtered(chrome: Browser, large: Path) -> None:
    assert large.stat().st_size < MOST
    with opened(chrome, large) as seen:
        inside(seen.page)
        page = seen.page
        assert len(shown(page)) == 500
        page.get_by_label("Find").fill("student-04")
        assert shown(page) == [f"student-04{k}" for k in range(10)]
        assert page.locator("#count").text_content() == "10 of 500"
        page.get_by_role("button", name="Automatic").click()
        column = page.locator("#table tbody tr:not([hidden]) td:nth-of-type(2)")
        points = list(map(float, column.all_text_contents()))
        assert points == sorted(points, reverse=True)
        assert page.locator("th[aria-sort=descending]").count() == 1
        page.get_by_role("button", name="Automatic").press("Enter")
        assert page.locator("th[aria-sort=ascending]").count() == 1
        page.get_by_label("Find").fill("")
        page.get_by_label("Show").select_option("zero")
        assert shown(page) == ["student-002"]


def test_without_script_everybody_is_there(chrome: Browser, pages: dict[str, Path]) -> None:
    context = chrome.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(pages["class"].as_uri())
    assert len(shown(page)) == 40
    assert not page.get_by_label("Find").is_visible()
    page.locator(".pair summary").first.click()
    assert page.locator(".pair[open] .sides pre").count() >= 2
    context.close()


def test_two_solutions_stand_side_by_side(chrome: Browser, pages: dict[str, Path]) -> None:
    with opened(chrome, pages["class"]) as seen:
        pair = seen.page.locator(".pair", has_text="student-000").first
        pair.locator("summary").click()
        left, right = pair.locator("figure").all()[:2]
        ours, theirs = left.bounding_box(), right.bounding_box()
        assert ours is not None
        assert theirs is not None
        assert ours["y"] == theirs["y"]
        assert "slope_memory[0] + dW" in "".join(left.locator("mark").all_text_contents())


def test_a_printed_page_is_whole(chrome: Browser, pages: dict[str, Path], tmp_path: Path) -> None:
    with opened(chrome, pages["class"]) as seen:
        seen.page.emulate_media(media="print")
        assert not seen.page.get_by_label("Find").is_visible()
        height = seen.page.evaluate(
            "(e => [e.scrollHeight, e.clientHeight])(document.querySelector('.tall'))"
        )
        assert height[0] <= height[1], "rows are cut off"
        pdf = seen.page.pdf(path=tmp_path / "class.pdf", format="A4")
        assert pdf.startswith(b"%PDF")
