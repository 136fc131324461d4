"""The lab's own solution, cell by cell, ready to be run with one piece of it replaced.

It is taken from the source notebook, so that what is tried is what students are shown in the end.
Of the given cells only those lines are run on which the solution leans: no figure is drawn.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from course.errors import ConfigurationError
from course.lab import Exercise, Lab, LabCell

Namespace = dict[str, Any]

_MAGIC = re.compile(r"^[ \t]*[!%].*$", re.MULTILINE)


class Solution:
    """The solution cells of a lab, and of its given code what they need.

    ConfigurationError when a solution is no Python.
    """

    def __init__(self, lab: Lab) -> None:
        code = [cell for cell in lab.cells if cell.cell_type == "code"]
        self.cells = tuple(cell for cell in code if cell.kind == "solution")
        self._code = {cell.id: parsed(cell.solution, cell.grade_id) for cell in self.cells}
        self._code |= _needed(
            [cell for cell in code if cell.kind == "given"], list(self._code.values())
        )
        self._order = code
        self.exercises = lab.exercises

    def run(
        self, sources: Mapping[str, str], names: Mapping[str, Any], lent: Collection[Exercise] = ()
    ) -> Iterator[tuple[str, Namespace]]:
        """Run the notebook and pause at each grade cell, with its grade_id and the namespace.

        `sources` replaces the code of solution cells, by their ids. `names` replaces what they
        define, so that functions that call others meet the replaced ones; where the solution has
        a value and no function, by what the program gives. After each exercise of `lent` its
        own solution is run, as in grading. Raises what the code raises.
        """
        namespace: Namespace = {"__name__": "__main__"}
        for cell in self._order:
            if cell.id in self._code:
                code: Any = sources.get(cell.id) or self._code[cell.id]
                exec(compile(code, cell.grade_id or cell.id, "exec"), namespace)
                for name in cell.defines & names.keys():
                    is_function = callable(namespace[name])
                    namespace[name] = names[name] if is_function else names[name]()
            elif cell.kind == "grade":
                yield cell.grade_id, namespace
                for each in lent:
                    if each.grade_ids[-1] == cell.grade_id:
                        for own in each.solutions:
                            exec(compile(self._code[own.id], own.grade_id, "exec"), namespace)

    def grade_cells(self, name: str) -> tuple[str, ...]:
        """The grade cells of the exercise that defines `name`; () when none does."""
        for exercise in self.exercises:
            if name in exercise.defines:
                return exercise.grade_ids
        return ()


def parsed(source: str, where: str) -> ast.Module:
    """Code as a syntax tree, without lines for IPython alone; ConfigurationError if it is none."""
    try:
        return ast.parse(_MAGIC.sub("", source))
    except SyntaxError as error:
        raise ConfigurationError(
            f"The cell {where} of the source notebook is no Python (line {error.lineno}: "
            f"{error.msg}): mend it."
        ) from None


def _needed(given: list[LabCell], solutions: list[ast.Module]) -> dict[str, ast.Module]:
    """Of each given cell the statements that define what is used further down, to the last."""
    wanted = frozenset[str]().union(*map(_used, solutions))
    kept: dict[str, ast.Module] = {}
    for cell in reversed(given):
        lines: list[ast.stmt] = []
        for statement in reversed(parsed(cell.solution, cell.grade_id).body):
            if _bound(statement) & wanted:
                lines.insert(0, statement)
                wanted |= _used(ast.Module([statement], []))
        kept[cell.id] = ast.Module(lines, [])
    return kept


def _used(tree: ast.Module) -> frozenset[str]:
    """The global names that code asks for, at its top level or from within functions."""
    tables = [symtable.symtable(ast.unparse(tree), "cell", "exec")]
    for table in tables:
        tables += table.get_children()
    return frozenset(
        symbol.get_name()
        for table in tables
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module")
    )


def _bound(statement: ast.stmt) -> frozenset[str]:
    """The global names that a top-level statement defines or changes."""
    table = symtable.symtable(ast.unparse(statement), "cell", "exec")
    return frozenset(
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_assigned() or symbol.is_imported()
    )
