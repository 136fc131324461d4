"""Mutants: the lab's own solution with one small thing changed, as its checks must notice.

A misconception is a mistake that somebody thought of. Mutants are those that nobody thought of: all
that the rules of `course.gate.rules` yield. What stands in the release, word for word, was given to
the students and is not changed.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from course.gate.rules import BLOCK_RULES, RULES, Names, headline
from course.gate.solution import parsed
from course.lab import LabCell

_BLOCKS = ("body", "orelse", "finalbody")
_NO_CODE = ("annotation", "returns", "decorator_list")


@dataclass(frozen=True)
class Mutant:
    """One changed solution cell; its key tells it from all others of its lab."""

    function: str
    rule: str
    before: str
    after: str
    cell_id: str
    source: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The stable description under which `equivalent_mutants.toml` lists it."""
        return self.function, self.rule, self.before, self.after

    def __str__(self) -> str:
        return f"{self.function} · {self.rule}: {self.before}  →  {self.after}"


@dataclass(frozen=True)
class _Slot:
    """A place in a syntax tree: what a node has under `field`, or one item of that list."""

    node: ast.AST
    field: str
    place: int | None = None

    def get(self) -> Any:
        value = getattr(self.node, self.field)
        return value if self.place is None else value[self.place]

    @contextmanager
    def holding(self, new: Any) -> Iterator[None]:
        """Put something else there for a while."""
        before = getattr(self.node, self.field)
        if self.place is not None:
            new = [*before[: self.place], new, *before[self.place + 1 :]]
        setattr(self.node, self.field, new)
        try:
            yield
        finally:
            setattr(self.node, self.field, before)


@dataclass(frozen=True)
class _Change:
    """`slot` is to hold `new`; `after` says how the statement looks while it does."""

    rule: str
    statement: ast.stmt
    slot: _Slot
    new: Any
    after: Callable[[], str]


def mutants_of(cell: LabCell) -> Iterator[Mutant]:
    """Every mutant of one solution cell, each once.

    ConfigurationError when the solution is no Python.
    """
    tree = _undocumented(parsed(cell.solution, cell.grade_id))
    given = _given(cell)
    seen = {ast.unparse(tree)}
    met: Counter[tuple[str, ...]] = Counter()
    for function, change in _changes(tree, given):
        before = headline(change.statement)
        with change.slot.holding(change.new):
            source = ast.unparse(ast.fix_missing_locations(tree))
            after = change.after()
        if source in seen:
            continue
        seen.add(source)
        mutant = Mutant(function, change.rule, before, after, cell.id, source)
        met[mutant.key] += 1
        times = met[mutant.key]
        yield mutant if times == 1 else replace(mutant, after=f"{after}  #{times}")


def _changes(tree: ast.Module, given: frozenset[str]) -> Iterator[tuple[str, _Change]]:
    """All that the rules yield for a cell, with the function (or variable) that it is in."""
    for slot in _statements(tree, "body"):
        for change in _of_statement(slot, (), given):
            yield _title(slot.get()), change
    for change in _of_block(_Slot(tree, "body"), given):
        yield _title(change.statement), change
    for top in tree.body:
        names = _names(top)
        for node in ast.walk(top):
            for field in _BLOCKS:
                for slot in _statements(node, field):
                    for change in _of_statement(slot, names, given):
                        yield _title(top), change
                for change in _of_block(_Slot(node, field), given):
                    yield _title(top), change


def _statements(node: ast.AST, field: str) -> list[_Slot]:
    """The places of the statements in a block; none when the node has no such block."""
    block = getattr(node, field, None)
    return [_Slot(node, field, i) for i in range(len(block))] if isinstance(block, list) else []


def _of_statement(slot: _Slot, names: Names, given: frozenset[str]) -> Iterator[_Change]:
    """What may stand in place of a statement or of any expression in it."""
    statement = slot.get()
    if headline(statement) in given:
        return
    for inner in _expressions(slot):
        for title, rule in RULES.items():
            for new in rule(inner.get(), names):
                yield _Change(title, statement, inner, new, lambda: headline(slot.get()))


def _expressions(slot: _Slot) -> Iterator[_Slot]:
    """A statement and all expressions in it, without the statements that it holds."""
    yield slot
    node = slot.get()
    for field, value in ast.iter_fields(node):
        if field in _NO_CODE:
            continue
        for place, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.stmt):
                yield from _expressions(_Slot(node, field, place))


def _of_block(slot: _Slot, given: frozenset[str]) -> Iterator[_Change]:
    """What may become of the order of statements in a block."""
    if not isinstance(getattr(slot.node, slot.field, None), list):
        return
    for title, rule in BLOCK_RULES.items():
        for statement, after, new in rule(slot.get()):
            if headline(statement) not in given:
                yield _Change(title, statement, slot, new, partial(str, after))


def _names(top: ast.stmt) -> Names:
    """The parameters and variables of a function, in the order in which they appear."""
    found = [
        node.arg if isinstance(node, ast.arg) else node.id
        for node in ast.walk(top)
        if isinstance(node, ast.arg)
        or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    ]
    return tuple(name for name in dict.fromkeys(found) if not name.startswith("_"))


def _title(top: ast.stmt) -> str:
    """What a top-level statement defines: the name of its function, or of its first variable."""
    if isinstance(top, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return top.name
    stored = (node.id for node in ast.walk(top) if isinstance(node, ast.Name))
    return next(stored, "")


def _given(cell: LabCell) -> frozenset[str]:
    """The statements of the release, each on a line; a release of stubs alone need not parse."""
    try:
        tree = _undocumented(ast.parse(cell.release))
    except SyntaxError:
        return frozenset()
    return frozenset(headline(node) for node in ast.walk(tree) if isinstance(node, ast.stmt))


def _undocumented(tree: ast.Module) -> ast.Module:
    """The tree without docstrings, which no check could tell apart."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            node.body = [each for each in node.body if not _is_text(each)]
            if not node.body and node is not tree:
                node.body = [ast.Pass()]
    return ast.fix_missing_locations(tree)


def _is_text(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
    return False
