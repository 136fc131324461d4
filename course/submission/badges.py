"""Takes "Open in Colab" badges out of a student's text.

"Save a copy in GitHub" puts one on top of the notebook, Drive users paste their own. Their links
hold account names, file ids and sometimes an e-mail address, and nothing that grading needs.
"""

from __future__ import annotations

import re

_SIGN = "colab-badge"
_BADGE = re.compile(
    r"<a [^>]{0,900}>\s{0,9}<img [^>]{0,900}>\s{0,9}</a>"
    r"|\[!\[[^\]]{0,200}\]\([^)]{0,900}\)\]\([^)]{0,900}\)",
    re.IGNORECASE,
)
_MOST = 100  # of one cell; the bounds keep this quick on text that is made to be slow


def without_badges(text: str) -> str:
    """The text without its badges; everything else stays as it is."""
    kept, done, sign = "", 0, text.find(_SIGN)
    for _ in range(_MOST):
        if sign < 0:
            break
        near = max(done, sign - 1_000)
        start = max(text.rfind("<a ", near, sign), text.rfind("[![", near, sign))
        badge = _BADGE.match(text, start) if start >= 0 else None
        if badge is not None and badge.end() > sign:
            kept += text[done:start]
            done = badge.end()
        sign = text.find(_SIGN, max(done, sign + 1))
    return kept + text[done:]
