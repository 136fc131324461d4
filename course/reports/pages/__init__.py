"""What every page is made with: one base template, one set of styles, one way to write a file.

A page is one file that works offline and from an e-mail attachment: its style sheets, and its
script if it has one, stand in it, and its Content-Security-Policy lets in these alone, by their
hashes, and pictures that are part of the page. So whatever a student's text smuggles past the
escaping, a browser neither runs it, nor fetches anything for it, nor styles by it.

    html = render("student.html", styles=("student.css",), record=record)
    write(settings.folder("feedback") / student / lab / f"{lab}.html", html)

Templates extend `base.html`; what they print is escaped unless it is `Markup`. An inline `style`
attribute has no effect: use a class, or an attribute of SVG. `base.css` names the colours, sizes
and parts that pages share.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import tempfile
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from course.errors import ConfigurationError
from course.reports import words


def render(
    template: str, *, styles: Sequence[str] = (), scripts: Sequence[str] = (), **context: Any
) -> str:
    """One page, whole: `base.css` and then `styles`, and `scripts` at its end.

    Styles and scripts are names of files in `styles/` and `scripts/`. UndefinedError when the
    template asks for something that `context` does not hold.
    """
    style = "\n".join(_asset("styles", name) for name in ("base.css", *styles))
    script = "\n".join(_asset("scripts", name) for name in scripts)
    parts = {"style": Markup(style), "script": Markup(script), "policy": _policy(style, script)}
    return environment().get_template(template).render(**parts, **context)


@cache
def environment() -> Environment:
    """Templates of this package: everything is escaped, and a name that is missing is an error."""
    made = Environment(
        loader=PackageLoader("course.reports.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["points"] = words.points
    made.filters["spoken"] = spoken
    made.globals |= {"verdicts": words.VERDICTS, "verdict": words.verdict, "lent": words.lent}
    return made


def spoken(text: str) -> Markup:
    """A sentence as HTML: escaped, and what stands in backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


@cache
def _asset(kind: str, name: str) -> str:
    """A style sheet or script of this package; it may not end its own element."""
    text = files(__name__).joinpath(kind, name).read_text(encoding="utf-8").strip()
    assert "</" not in text, f"{name} would end its element"
    return text


def _policy(style: str, script: str) -> str:
    """Let the page's own style and script in, and pictures that are part of it; nothing else."""
    scripts = _hash(script) if script else "'none'"
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {scripts}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest())
    return f"'sha256-{digest.decode('ascii')}'"


def write(path: Path, html: str) -> Path:
    """Put a page into place whole, its folder made if need be; what stood there before goes.

    ConfigurationError when it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, new = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(html.encode("utf-8", "replace"))
            Path(new).chmod(0o644)
            Path(new).replace(path)
        except BaseException:
            Path(new).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written ({error.strerror or error}): "
            "make room or mend its permissions, then run again."
        ) from None
    return path
