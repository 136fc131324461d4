"""The system's Chromium for tests of pages: offline, watched, and held to WCAG 2.2 AA."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, sync_playwright

WIDTHS = (390, 820, 1440)
SCHEMES = ("light", "dark")
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")


def chromium() -> str:
    """The browser's program; without one the test is skipped, but in CI it fails."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if found is None:
        if os.environ.get("COURSE_TEST_BROWSER") == "required":
            pytest.fail("there is no chromium: .ci/run installs it")
        pytest.skip("no chromium on this machine: apt install chromium")
    return found


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser of our own, ended with the block."""
    program = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield started
        finally:
            started.close()


@dataclass
class Watched:
    """A page that was opened, and what it tried: requests beside its own file, dialogs, windows."""

    page: Page
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    windows: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextmanager
def opened(
    browser: Browser, path: Path, width: int = 1440, scheme: str = "light"
) -> Iterator[Watched]:
    """Open a file at a width and in a colour scheme; what else it asks for is noted, not got."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",  # a jump then ends at once
    )
    watched = Watched(context.new_page())
    own = path.resolve().as_uri()

    def answer(route: Route) -> None:
        url = route.request.url
        if url.partition("#")[0] == own:
            route.continue_()
        else:
            watched.requests.append(url)
            route.abort()

    context.route("**/*", answer)
    watched.page.on(
        "dialog", lambda dialog: (watched.dialogs.append(dialog.message), dialog.dismiss())
    )
    context.on("page", lambda page: watched.windows.append(page.url))
    watched.page.on("pageerror", lambda error: watched.errors.append(str(error)))
    try:
        watched.page.goto(own)
        yield watched
    finally:
        context.close()


def accessible(page: Page, but: str = "") -> None:
    """Demand that axe-core finds nothing that breaks WCAG 2.2 AA, save in what `but` selects."""
    options = {"runOnly": list(WCAG), "resultTypes": ["violations"]}
    found = Axe().run(page, context={"exclude": [[but]]} if but else None, options=options)
    assert found.violations_count == 0, found.generate_report()


def inside(page: Page) -> None:
    """Demand that the page is not wider than the window."""
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1], f"the page is {widths[0]} wide in a window of {widths[1]}"
