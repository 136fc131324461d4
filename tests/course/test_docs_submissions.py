"""The page about submissions names every rule and quotes the sentences as they are said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from course.submission import sentences

ROOT = Path(__file__).parents[2]
PAGE = re.sub(r"\n(?:> )?", " ", (ROOT / "docs" / "submissions.md").read_text(encoding="utf-8"))
SAID = {
    name: text if isinstance(text, str) else text[0]  # of one cell; then of many together
    for name, text in vars(sentences).items()
    if name.isupper() and name not in ("PLACEHOLDER", "SEVERAL_FROM")
}
_RULE = re.compile(r'say(?:_of)?\(\s*"(\w+)"|rule="(\w+)"')


def rules() -> set[str]:
    """Every rule that the code gives to a repair."""
    files = [*(ROOT / "course" / "submission").glob("*.py"), ROOT / "course" / "order.py"]
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    return {first or second for first, second in _RULE.findall(code)}


@pytest.mark.parametrize("text", SAID.values(), ids=SAID)
def test_every_sentence_is_on_the_page(text: str) -> None:
    longest = max(re.split(r"\{\w+\}", text), key=len)
    assert longest[:30].strip() in PAGE


def test_every_rule_is_on_the_page() -> None:
    assert len(rules()) > 12
    for rule in rules():
        assert f"`{rule}`" in PAGE, rule
