"""What is known of the names in a cell's scopes, and what it may cost to know it."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from itertools import islice, product
from string import ascii_uppercase

import pytest

from course.scopes import needed, needed_later, set_by_functions

Look = Callable[[str], frozenset[str]]


def names(many: int) -> list[str]:
    return ["".join(letters) for letters in islice(product(ascii_uppercase, repeat=3), many)]


def nested(scopes: int, many: int) -> str:
    """Names that are bound outermost and used innermost: each scope between has all of them."""
    given = ",".join(names(many))
    return f"f = lambda {given}: {'lambda:' * scopes}({given})"


def beside(scopes: int, statement: str) -> str:
    """A function that binds thousands of names at once, each written as one letter, and scopes."""
    letters = (chr(0x4E00 + number) for number in range(12_000))
    return f"def f():\n {statement.format(','.join(letters))}\n {'lambda:0,' * scopes}"


def side_by_side(many: int) -> str:
    return "def f():\n" + "\n".join(f" def {name}(): 0" for name in names(many))


@pytest.mark.parametrize("look", [needed_later, set_by_functions])
@pytest.mark.parametrize(
    "source",
    [
        *(nested(800, 2_000), "def f():\n global g\n" + " " + nested(800, 2_000)),
        *(side_by_side(3_500), side_by_side(3_500).replace("f():", "f(x):\n global ABC")),
        *(beside(3_000, "global {}"), beside(3_000, "{} = 1"), beside(3_000, "import {}")),
    ],
)
def test_no_cell_takes_the_judges_seconds_or_its_memory(look: Look, source: str) -> None:
    start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    look(source)
    assert time.process_time() - start < 1.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 << 10  # KiB


@pytest.mark.skipif(sys.version_info < (3, 12), reason="no parameters of types there")
@pytest.mark.parametrize(
    "source", ["def f[{}](): ...", "class A[{}]: ...", "type A[{}] = 0", "def f():\n {}=1\n{}"]
)
def test_parameters_of_types_are_scopes(source: str) -> None:
    typed = ",".join(f"{name}:0" for name in names(9_000))
    aliases = " type A=0\n" * 3_000
    given = ("=".join(names(8_000)), aliases) if source.count("{}") > 1 else (typed,)
    start = time.process_time()
    needed_later(source.format(*given))
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize("scopes", [1, 20])
def test_scopes_within_scopes_are_seen_through(scopes: int) -> None:
    assert needed_later(f"{nested(scopes, 90)} + half") == {"half"}


def test_a_function_called_top_has_names_of_its_own() -> None:
    assert needed_later("def top(x):\n    mine = x\n    return mine + half") == {"half"}


def test_only_what_is_assigned_is_set_by_functions() -> None:
    source = "def f():\n global read, written, made\n written = read\n def made(): other = 1"
    assert set_by_functions(source) == {"written", "made"}


def test_names_that_a_cell_needs() -> None:
    assert needed("a = b\ndef f(x):\n    return x + a + c") == {"b", "c"}
