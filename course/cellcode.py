"""What the code of a cell says without being run: the names it defines, and whether it is work.

Cells of notebooks are not quite Python: magics, `!commands` and `name?` are taken out before
parsing. Students' code is only ever parsed here, never compiled or run.
"""

from __future__ import annotations

import ast
import re
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from course import memory
from course.recall import recalled

PARSING = 256 << 20
"""Bytes. A cell of the usual kind, as long as may be (`submission.read`), takes 60 MiB at most."""

LONGEST = 1 << 17
"""Characters of what may be code: two cells of it, as long as may be. Text cells may be longer, and
Python's parser, which no signal stops, takes a minute for one text with 100,000 braces at its end:
for each of them it counts the lines from the beginning of the text.
"""

MOST_MARKS = 100
"""In a row, of what may be code; Unicode's own bound for a text to be handled in a stream is 30.
Python's parser asks for the usual form of each name beyond ASCII, again and again, and putting its
marks in order takes quadratic time: a minute for one name of 30,000 accents, and as many below.
"""
_BEYOND_ASCII = re.compile(rf"[^\x00-\x7f]{{{MOST_MARKS + 1},}}")

_SHELL_LINE = re.compile(
    r"^([ \t]*+)(?:[!%][^\n]*|\?{1,2}[\w.]++|[\w.]++\?{1,2})[ \t]*+$", re.MULTILINE
)
_SHELL_VALUE = re.compile(r"^([ \t]*+\w[\w, ]*+=)[ \t]*+[!%][^\n]*$", re.MULTILINE)
_WORD = re.compile(r"\w+")
_CELL_MAGIC = re.compile(r"\s*%%(?!time\b|capture\b|prun\b)")  # the others run no Python, or aside

BLANK_LINE = re.compile(r"^[^\S\n]++$", re.MULTILINE)
"""A line of white space. Pygments looks on from each to the last, which takes quadratic time."""

_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")

_LONG_RUN = re.compile(r"[-#+\d \t]{200,}+")
_NAMED_LETTER = "\\N{"
_MOST_NAMED = 100


def as_written(source: str) -> str:
    """Code with every mark spelled out that turns the direction of text.

    A reader would see it in another order than Python does: another program (CVE-2021-42574).
    """
    return _TURNS.sub(lambda mark: f"\\u{ord(mark[0]):04x}", source)


def slow_to_colour(source: str) -> bool:
    r"""Whether Pygments would take quadratic time for it in other ways than by blank lines.

    It tries each place of a run of spaces, signs and digits, which may be a width after a `%`, and
    looks from each `\N{` to the end of its line: 20,000 characters can take it half a minute.
    """
    return bool(_LONG_RUN.search(source)) or source.count(_NAMED_LETTER) > _MOST_NAMED


def quick_to_colour(source: str) -> str:
    """Text of the same length, of which Pygments makes tokens in time: nearly always the same."""
    plain = BLANK_LINE.sub(lambda blank: "\n" * len(blank[0]), source)
    if not slow_to_colour(plain):
        return plain
    plain = plain.replace(_NAMED_LETTER, "\\n{")
    return _LONG_RUN.sub(lambda run: ("x" if run[0].strip() else "\n") * len(run[0]), plain)


_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Code:
    """One cell's code, looked at from outside.

    `names` are what it defines at its top level, `bound` those and what it imports or loops over;
    `unwritten` are names that are given nothing yet: a body that only raises, or None; `values`
    those that are surely no functions. `writes_function` holds when there is one that does
    something, wherever in the cell. `is_prose` holds when there is no statement in it but strings
    and comments, or it is no Python at all.
    """

    parses: bool
    names: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    unwritten: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    writes_function: bool = False
    is_prose: bool = False
    returns_last: bool = False


@recalled  # repairing asks again and again, and odd code parses slowly
def study(source: str) -> Code:
    """Look at a cell's code."""
    if _CELL_MAGIC.match(source):
        return Code(parses=True)
    tree = parsed(source)
    if tree is None:
        return Code(parses=False, is_prose=True)
    given = list(_given(tree))
    names = frozenset(name for name, _, _ in given)
    last = {name: node for name, node, used in given if name not in used}
    return Code(
        parses=True,
        names=frozenset(last),
        bound=names | frozenset(_bound(tree)),
        unwritten=frozenset(name for name, node in last.items() if _is_unwritten(node)),
        values=frozenset(name for name, node in last.items() if _is_value(node)),
        writes_function=any(map(_is_written_function, ast.walk(tree))),
        is_prose=all(map(_is_text, tree.body)),
        returns_last=_returns_last(tree),
    )


@recalled
def meaning(source: str) -> str:
    """The code without comments, docstrings and layout: the same for two cells that do the same."""
    tree = parsed(source)
    if tree is None:
        return source
    for node in ast.walk(tree):
        if isinstance(node, _Definition | ast.Module):
            node.body = [each for each in node.body if not _is_text(each)]
    try:
        return ast.dump(tree)
    except (RecursionError, ValueError):  # too deep, or an int of too many digits to be written out
        return source


@recalled
def mentioned(source: str) -> frozenset[str]:
    """Every name that the code may use, also as an attribute or in a string that is no docstring.

    `globals()["walk"]` and `__main__.walk` mention `walk`. Of what is no Python, every word.
    """
    tree = parsed(source)
    if tree is None:
        return frozenset(_WORD.findall(source))
    found: set[str] = set()
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.update(_WORD.findall(node.value))
        waiting += (each for each in ast.iter_child_nodes(node) if not _is_text(each))
    return frozenset(found)


@recalled  # what is none may take the parser long to say so
def python(source: str) -> str | None:
    """The cell as plain Python text that parses, line for line; None when there is none."""
    if len(source) > LONGEST or _has_many_marks(source):
        return None
    for text in _readings(source):
        if _tree(text) is not None:
            return text
    return None


def _has_many_marks(source: str) -> bool:
    """Whether there are more marks in a row than any letter has, also those of odd letters."""
    for found in _BEYOND_ASCII.finditer(source):
        marks = 0
        for letter in found[0]:
            is_mark = unicodedata.combining(unicodedata.normalize("NFKD", letter)[0])
            marks = marks + 1 if is_mark else 0
            if marks > MOST_MARKS:
                return True
    return False


def unindented(source: str) -> str:
    """The cell as IPython runs one of which every line is indented."""
    first = next((line for line in source.split("\n") if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    return "\n".join(line.removeprefix(indent) for line in source.split("\n"))


def parsed(source: str) -> ast.Module | None:
    """The cell as plain Python, as a tree; None when there is none."""
    text = python(source)
    return None if text is None else _tree(text)


def _readings(source: str) -> Iterator[str]:
    """The text as it is, then without what only IPython understands."""
    yield source
    if re.search(r"[!%?]", source):
        plain = _SHELL_VALUE.sub(r"\1 None", source)
        yield _SHELL_LINE.sub(r"\1pass", plain)
        yield _SHELL_LINE.sub("", plain)


def _tree(text: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the student's code, at whoever grades it
        try:
            with memory.at_most(PARSING):
                return ast.parse(text)
        except memory.NOT_PARSED:
            memory.refuse_shortage(PARSING)  # of which nothing may be remembered
            return None


def _given(tree: ast.Module) -> Iterator[tuple[str, ast.stmt, frozenset[str]]]:
    """Every name that a statement at the top level defines, in order, and the statement.

    The names that it uses come third: `cost = cost(x, y, W, b)` makes no `cost`, it needs one.
    """
    for node in tree.body:
        if isinstance(node, _Definition):
            yield node.name, node, frozenset()
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
            used = frozenset(each.id for each in names if isinstance(each.ctx, ast.Load))
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                for each in ast.walk(target):
                    if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                        yield each.id, node, used


def _bound(tree: ast.Module) -> Iterator[str]:
    """Every name that running the cell may bind, also inside `if`, `for`, `with` and `try`."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, _Definition):
            yield node.name
        if not isinstance(node, _Definition | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def _is_unwritten(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return node.value is None or (
            isinstance(node.value, ast.Constant) and node.value.value in (None, ...)
        )
    assert isinstance(node, _Definition)
    return all(isinstance(each, ast.Raise | ast.Pass) or _is_text(each) for each in node.body)


def _is_written_function(node: ast.AST) -> bool:
    return isinstance(node, ast.Lambda) or (
        isinstance(node, _Definition) and not _is_unwritten(node)
    )


def _is_value(node: ast.stmt) -> bool:
    """An assignment of what is no function, as far as one can see."""
    may_be_function = ast.Lambda | ast.Name | ast.Attribute | ast.Call
    return isinstance(node, ast.Assign) and not isinstance(node.value, may_be_function)


def _is_text(node: ast.AST) -> bool:
    """A string, or `...`, that stands alone."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _returns_last(tree: ast.Module) -> bool:
    """Whether the last statement is a function that ends with `return` or `raise`."""
    last = tree.body[-1] if tree.body else None
    return isinstance(last, _Definition) and isinstance(last.body[-1], ast.Return | ast.Raise)
