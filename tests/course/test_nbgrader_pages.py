"""nbgrader's feedback and formgrader on what the judge wrote: whole, harmless, no checks."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradebooks import as_a_ta, marks, sql
from tiny import HALF, LAB, RIGHT, forget_checks, hand_in, nbgrader, write_course

from course.config import load_settings
from course.release import release

ATTACK = "<script>document.title = 'HACKED'</script>"
PLOT = f"""\
import matplotlib.pyplot as plt
from IPython.display import HTML, display
plt.plot([1, 2, 3])
plt.show()
display(HTML("{ATTACK}"))
print("{ATTACK}")
"""
ANSWER = f"Since $n < 2$. {ATTACK}\n\n<style>.score {{ display: none }}</style>"
SECRETS = ("rng.uniform", "should_be", "x + x", "pytest.mark", "HIDDEN", "a secret of the tests")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A course, graded by plain nbgrader, with a TA's marks."""
    folder = write_course(tmp_path_factory.mktemp("pages") / "course")
    settings = load_settings(folder)
    release(settings, LAB)
    hand_in(folder, "ada", {**HALF, "double": PLOT + HALF["double"], "answer_why": ANSWER})
    hand_in(folder, "ben", {}).write_text("no notebook", encoding="utf-8")
    nbgrader("autograde", LAB, cwd=folder)
    as_a_ta(settings, "ada", "answer_why", manual_score=4.5, needs_manual_grade=False)
    as_a_ta(settings, "ada", "answer_why", manual_comment=f"Why *two*? {ATTACK}")
    yield folder
    forget_checks()


def harmless(page: str) -> None:
    assert "HACKED" in page, "the attack did not reach the page, so nothing was tried out"
    for element in re.findall(
        r"<script[^>]*>.*?</script>|<style[^>]*>.*?</style>", page, re.DOTALL
    ):
        assert "HACKED" not in element
        assert ".score { display: none }" not in element
    assert "&lt;script&gt;document.title" in page


def shows_what_was_graded(page: str) -> None:
    for part in ("Twice nothing is nothing.", "<th>Verdict</th>", "1 / 1", "0 / 3", "not right"):
        assert part in page
    assert re.search(r'<img[^>]*src="data:image/png;base64,iVBOR', page)
    for secret in SECRETS:
        assert secret not in page.replace(HALF["double"], "")


def test_feedback(course: Path) -> None:
    nbgrader("generate_feedback", LAB, cwd=course)
    folder = course / "feedback" / "ada" / LAB
    page = (folder / f"{LAB}.html").read_text(encoding="utf-8")
    harmless(page)
    shows_what_was_graded(page)
    assert "(Score: 8.0 / 15.0)" in page
    assert "Why <em>two</em>?" in page
    assert [path.name for path in folder.iterdir()] == [f"{LAB}.html"], (
        "records are not for students"
    )


def test_feedback_for_who_handed_in_no_notebook_says_why(course: Path) -> None:
    nbgrader("generate_feedback", LAB, "--student=ben", "--force", cwd=course)
    page = (course / "feedback" / "ben" / LAB / f"{LAB}.html").read_text(encoding="utf-8")
    assert "(Score: 0.0 / 15.0)" in page
    assert "The file is no notebook" in page


def test_no_check_stands_in_anything_that_was_written(course: Path) -> None:
    written = [course / "gradebook.db", course / "release"]
    written += [course / "autograded", course / "feedback"]
    files = [path for place in written for path in [place, *place.rglob("*")] if path.is_file()]
    assert {path.suffix for path in files} == {".db", ".ipynb", ".json", ".html"}
    for path in files:
        data = path.read_bytes()
        for secret in ("rng.uniform", "should_be", "pytest.mark", "a secret of the tests"):
            assert secret.encode() not in data, path


# --- formgrader ----------------------------------------------------------------------------------


class Browser:
    """A TA's browser, as far as formgrader needs one."""

    def __init__(self, port: int, server: int) -> None:
        self.server = server
        self.jar = http.cookiejar.CookieJar()
        self.place = f"http://127.0.0.1:{port}/formgrader"
        handler = urllib.request.HTTPCookieProcessor(self.jar)
        self.opener = urllib.request.build_opener(handler, urllib.request.ProxyHandler({}))

    def get(self, path: str) -> str:
        with self.opener.open(self.place + path, timeout=60) as answer:
            return str(answer.read().decode())

    def send(self, method: str, path: str, **data: Any) -> Any:
        token = next(cookie.value for cookie in self.jar if cookie.name == "_xsrf")
        headers = {"X-XSRFToken": token or "", "Content-Type": "application/json"}
        body = json.dumps(data).encode()
        request = urllib.request.Request(self.place + path, body, headers, method=method)
        with self.opener.open(request, timeout=120) as answer:
            return json.loads(answer.read())


@pytest.fixture
def browser(course: Path, tmp_path: Path) -> Iterator[Browser]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    programs = Path(sys.executable).parent
    server = subprocess.Popen(
        [
            programs / "jupyter-server",
            "--no-browser",
            "--allow-root",
            "--IdentityProvider.token=",
            f"--ServerApp.port={port}",
            f"--ServerApp.root_dir={course}",
        ],
        cwd=course,
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield _when_ready(Browser(port, server.pid))
    finally:
        server.terminate()
        server.wait(timeout=20)


def _when_ready(browser: Browser) -> Browser:
    for _ in range(120):
        try:
            browser.get("/manage_assignments")
        except urllib.error.URLError:
            time.sleep(0.5)
        else:
            return browser
    raise AssertionError("formgrader did not come up")


@pytest.mark.slow
def test_formgrader(course: Path, browser: Browser) -> None:
    settings = load_settings(course)
    listed = json.loads(browser.get(f"/api/submitted_notebooks/{LAB}/{LAB}"))
    assert {one["student"]: one["score"] for one in listed} == {"ada": 8.0, "ben": 0.0}
    ada = next(one["id"] for one in listed if one["student"] == "ada")
    page = browser.get(f"/submissions/{ada}/")
    harmless(page)
    shows_what_was_graded(page)
    # the TA changes a mark, then presses "autograde" for the student
    grade_id = sql(
        settings,
        "select g.id from grade g join base_cell c on c.id = g.cell_id "
        "where c.name = 'test_mean' and g.notebook_id = ?",
        ada,
    )[0][0]
    browser.send("PUT", f"/api/grade/{grade_id}", manual_score=3.0)
    assert marks(settings, "ada")["test_mean"] == (2.5, 3.0, None, 0)
    hand_in(course, "ada", RIGHT)
    done = browser.send("POST", f"/api/submission/{LAB}/ada/autograde")
    assert done["success"], done
    assert marks(settings, "ada") == {
        "answer_why": (0.0, 4.5, None, 1),
        "test_double": (4.0, None, None, 0),
        "test_mean": (6.0, 3.0, None, 1),
    }
    assert children(browser.server) == []


def children(process: int) -> list[str]:
    """The programs that a process has started and that still run."""
    found = subprocess.run(
        ["ps", "--ppid", str(process), "-o", "args="], capture_output=True, text=True, check=False
    )
    return found.stdout.splitlines()
