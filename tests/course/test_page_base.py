"""What all pages stand on: escaping, a policy that names the page's own parts, whole files."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, DictLoader, UndefinedError
from markupsafe import Markup
from tiny import refused

from course.reports import pages

PAGE = """\
{% extends "base.html" %}
{% block title %}{{ name }}{% endblock %}
{% block top %}{{ name }}{% endblock %}
{% block main %}<h1>{{ name }}</h1>{{ 7.0|points }}{% endblock %}
"""


@pytest.fixture
def html(monkeypatch: pytest.MonkeyPatch) -> str:
    """A page with a script, for somebody with a hostile name."""
    place(monkeypatch)
    return pages.render("page.html", scripts=("own.js",), name="<script>alert(1)</script>")


def place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a template and a script beside those of the package."""
    environment = pages.environment()
    assert environment.loader is not None
    loader = ChoiceLoader([DictLoader({"page.html": PAGE}), environment.loader])
    monkeypatch.setattr(environment, "loader", loader)
    asset = pages._asset
    script = "document.title = 'mine'"
    monkeypatch.setattr(
        pages, "_asset", lambda kind, name: script if kind == "scripts" else asset(kind, name)
    )


def test_what_a_template_prints_is_escaped(html: str) -> None:
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3
    assert "alert(1)</script>" not in html
    assert html.lstrip().startswith("<!doctype html>")
    assert re.search(r"</h1>7\b", html), "7.0 is 7 points"


def test_the_policy_lets_in_the_pages_own_parts_and_nothing_else(html: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    allowed = Markup(policy[1]).unescape()
    parts = {
        kind: re.findall(rf"<{kind}>(.*?)</{kind}>", html, re.DOTALL)
        for kind in ("style", "script")
    }
    for kind, texts in parts.items():
        assert len(texts) == 1
        digest = base64.b64encode(hashlib.sha256(texts[0].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in allowed
    assert "default-src 'none'" in allowed
    assert "base-uri 'none'; form-action 'none'" in allowed
    assert "unsafe" not in allowed


def test_a_page_without_a_script_allows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    place(monkeypatch)
    html = pages.render("page.html", name="ada")
    assert "script-src &#39;none&#39;" in html
    assert "<script" not in html


def test_what_a_template_asks_for_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    place(monkeypatch)
    with pytest.raises(UndefinedError, match="name"):
        pages.render("page.html")


def test_nothing_in_the_styles_is_loaded_from_anywhere() -> None:
    for path in Path(pages.__file__).parent.glob("styles/*.css"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"url\(|@import|@font-face|image-set", text), path
        assert "</" not in text, path


def test_a_page_is_put_into_place_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ada" / "lab" / "lab.html"
    assert pages.write(path, "first\n") == path
    assert path.stat().st_mode & 0o777 == 0o644

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    refused(lambda: pages.write(path, "second\n"), str(path), "No space left", "make room")
    assert path.read_text(encoding="utf-8") == "first\n"
    assert [each.name for each in path.parent.iterdir()] == ["lab.html"]


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "ada").write_text("a file", encoding="utf-8")
    refused(lambda: pages.write(tmp_path / "ada" / "lab.html", ""), "ada")
