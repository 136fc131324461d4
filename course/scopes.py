"""Which names the scopes of a cell look up, bind and share, as Python's compiler sees them.

As in `cellcode`, students' code is never run. Text that is no Python has no names.
"""

from __future__ import annotations

import ast
import symtable
import warnings

from course import memory
from course.cellcode import PARSING, parsed, python, study
from course.recall import recalled

MOST_ENTRIES = 200_000
"""Of names, in the tables of all scopes of a cell. A name is entered in each scope from where it is
used to where it is bound: 3,000 nested lambdas around 5,000 names take four gigabytes."""
MOST_MEETINGS = 2_000_000
"""Of a name with a scope, in a cell. Each scope is handed a copy of all names around it, and each
name of a scope is looked for among all those in there: 16,000 names and 3,600 lambdas take seconds.
"""

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Scope = _Definition | ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_OF_TYPES = frozenset(("TypeAlias", "TypeVar", "TypeVarTuple", "ParamSpec"))
"""Each of these is a scope, or two, and makes one around it; Python 3.11 has none of them."""


@recalled
def needed(source: str) -> frozenset[str]:
    """The global names that the code uses and does not bind itself; of what is no Python, none."""
    tables = _tables(source)
    bound = study(source).bound
    symbols = [each for table in tables for each in table.get_symbols()]
    return frozenset(
        each.get_name()
        for each in symbols
        if each.is_global() and each.is_referenced() and each.get_name() not in bound
    )


def needed_later(source: str) -> frozenset[str]:
    """The global names that the functions of a cell use, its own among them, when called."""
    functions = [each for each in _tables(source) if isinstance(each, symtable.Function)]
    return frozenset(name for each in functions for name in each.get_globals())


def set_by_functions(source: str) -> frozenset[str]:
    """The global names that the functions of a cell assign, as `global history` lets them."""
    tree = parsed(source)
    statements = [each for each in ast.walk(tree) if isinstance(each, ast.Global)] if tree else []
    declared = frozenset(name for each in statements for name in each.names)
    tables = _tables(source) if declared else []
    symbols = [
        table.lookup(name)  # one by one: each is looked for among all functions in there
        for table in tables
        for name in table.get_identifiers()
        if name in declared
    ]
    return frozenset(
        each.get_name() for each in symbols if each.is_declared_global() and each.is_assigned()
    )


def _tables(source: str) -> list[symtable.SymbolTable]:
    """What Python's compiler knows of the names in each scope; nothing of what is no Python.

    Nor of what would take gigabytes, or many seconds.
    """
    text, tree = python(source), parsed(source)
    if text is None or tree is None:
        return []
    if _entries(tree) > MOST_ENTRIES or _meetings(tree) > MOST_MEETINGS:
        return []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with memory.at_most(PARSING):
                found = [symtable.symtable(text, "cell", "exec")]
    except memory.NOT_PARSED:
        memory.refuse_shortage(PARSING)
        return []
    for table in found:
        found += table.get_children()
    return found


def _entries(tree: ast.Module) -> int:
    """How many entries the tables of all scopes may have: one for each scope around each name."""
    found = 0
    waiting: list[tuple[ast.AST, int]] = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        depth += _scopes_of_types(node)
        if isinstance(node, ast.Global | ast.Nonlocal):
            found += depth * len(node.names)
        elif isinstance(node, ast.Name | ast.arg):
            found += depth
        elif isinstance(node, _Scope):
            depth += 1
        waiting += ((each, depth) for each in ast.iter_child_nodes(node))
    return found


def _scopes_of_types(node: ast.AST) -> int:
    """How many scopes a parameter of types, or an alias of one, may bring: bound, default, around.

    `def f[A: 0, B: 0](): ...` has a table for each bound, and all of them have one name.
    """
    return 3 * (type(node).__name__ in _OF_TYPES)


def _meetings(tree: ast.Module) -> int:
    """How many scopes there are, times how many names: those of attributes, too."""
    names, scopes = set[str](), 1
    for node in ast.walk(tree):
        scopes += isinstance(node, _Scope) + _scopes_of_types(node)
        if isinstance(node, ast.Global | ast.Nonlocal):
            names.update(node.names)
        elif not isinstance(node, ast.Constant):
            names.update(word for _, word in ast.iter_fields(node) if isinstance(word, str))
    return scopes * len(names)
