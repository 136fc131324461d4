"""Formulas as MathML, which browsers show by themselves: no script, no font, no network.

The converter passes text and links of a formula through as they come, so nothing of what it gives
is used but elements and attributes of a list. Whatever cannot be converted, or holds anything
else, stays readable as LaTeX.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from xml.etree import ElementTree

from latex2mathml.converter import convert
from markupsafe import Markup

LONGEST = 2_000  # characters of a formula; the converter's time grows faster than its length

_ELEMENTS = {"math", "menclose", "merror", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover"}
_ELEMENTS |= {"mpadded", "mphantom", "mprescripts", "mroot", "mrow", "ms", "mspace", "msqrt"}
_ELEMENTS |= {"mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder"}
_ELEMENTS |= {"munderover", "none"}
_ATTRIBUTES = {"accent", "accentunder", "columnalign", "columnlines", "columnspacing", "display"}
_ATTRIBUTES |= {"displaystyle", "fence", "form", "largeop", "linebreak", "linethickness"}
_ATTRIBUTES |= {"mathvariant", "movablelimits", "notation", "rowlines", "rowspacing"}
_ATTRIBUTES |= {"scriptlevel", "separator", "stretchy", "symmetric"}
_SCROLLS = '<math tabindex="0"'  # what is wider than its column must be scrolled by key, too
_GAP = re.compile(r"[0-9](\.[0-9]+)?em$")
_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"


@lru_cache(maxsize=2048)  # most formulas are the lab's own and the same for every student
def formula(latex: str, *, block: bool = False) -> Markup:
    """A formula as a harmless `<math>` element, or its LaTeX where that cannot be."""
    source = latex.strip()
    try:
        if len(source) > LONGEST:
            raise ValueError("too long")
        root = ElementTree.fromstring(convert(source, display="block" if block else "inline"))
        return Markup(_serialised(root).replace("<math", _SCROLLS if block else "<math", 1))
    except Exception:  # whatever a formula may make the converter or the parser raise
        return Markup('<code class="tex">{}</code>').format(source)


def _may_stay(name: str, key: str, value: str) -> bool:
    return key in _ATTRIBUTES or (name == "mspace" and key == "width" and bool(_GAP.match(value)))


def _serialised(element: ElementTree.Element) -> str:
    name = element.tag.removeprefix(_NAMESPACE)
    if name not in _ELEMENTS:
        raise ValueError(f"{name} is no element of a formula")
    attributes = "".join(
        f' {key}="{escape(value)}"' for key, value in element.items() if _may_stay(name, key, value)
    )
    inside = escape(element.text or "") + "".join(
        _serialised(child) + escape(child.tail or "") for child in element
    )
    return f"<{name}{attributes}>{inside}</{name}>"
