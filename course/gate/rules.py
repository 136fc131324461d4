"""The rules by which one piece of a solution is changed, each as a slip of the hand would do it.

A rule looks at one node of the syntax tree and gives what might stand there instead. The rules know
Python and a few of NumPy's names, and nothing of any lab; `docs/writing-a-lab.md` lists them, so
that whoever writes checks knows what they are held against.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

Names = tuple[str, ...]  # what may stand for a name: the parameters and variables of its function
Rule = Callable[[ast.AST, Names], Iterator[ast.AST]]
Moved = tuple[ast.stmt, str, list[ast.stmt]]  # which statement, where it is now, the new block

N = TypeVar("N", bound=ast.AST)
T = TypeVar("T")

_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.Div, ast.FloorDiv),
    ast.Pow: (ast.Mult, ast.Div),
    ast.MatMult: (ast.Mult,),
}

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}

# functions that are taken for each other, under the names that Python and NumPy give them
_COUSINS = {
    "mean": ("sum", "median"),
    "average": ("sum",),
    "median": ("mean",),
    "sum": ("mean", "prod"),
    "std": ("var",),
    "var": ("std",),
    "max": ("min",),
    "min": ("max",),
    "argmax": ("argmin",),
    "argmin": ("argmax",),
    "abs": ("sqrt",),
    "sqrt": ("square",),
    "square": ("abs", "sqrt"),
    "log": ("log10",),
    "exp": ("log",),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "append": ("extend",),
    "floor": ("ceil",),
    "ceil": ("floor",),
    "float": ("int",),
    "int": ("float", "round"),
}

_LOOPS = (ast.For, ast.While)


def operator(node: ast.AST, _: Names) -> Iterator[ast.AST]:
    """Another operator: + for −, * for /, ** for *; a sign or a `not` left out."""
    if isinstance(node, (ast.BinOp, ast.AugAssign)):
        for other in _OPERATORS.get(type(node.op), ()):
            yield _with(node, op=other())
    elif isinstance(node, ast.BoolOp):
        yield _with(node, op=ast.And() if isinstance(node.op, ast.Or) else ast.Or())
    elif isinstance(node, ast.UnaryOp):
        yield node.operand


def operand(node: ast.AST, _: Names) -> Iterator[ast.AST]:
    """One side of an operation left out."""
    if isinstance(node, ast.BinOp):
        yield from (node.left, node.right)
    elif isinstance(node, ast.BoolOp):
        yield from node.values


def comparison(node: ast.AST, _: Names) -> Iterator[ast.AST]:
    """Another comparison: <= for <, != for ==."""
    if isinstance(node, ast.Compare):
        for place, op in enumerate(node.ops):
            for other in _COMPARISONS[type(op)]:
                yield _with(node, ops=[*node.ops[:place], other(), *node.ops[place + 1 :]])


def condition(node: ast.AST, _: Names) -> Iterator[ast.AST]:
    """A condition turned round, or always true, or never."""
    if isinstance(node, (ast.If, ast.While, ast.IfExp)):
        turned = ast.UnaryOp(ast.Not(), node.test)
        for test in (turned, ast.Constant(True), ast.Constant(False)):
            yield _with(node, test=test)


def constant(node: ast.AST, _: Names) -> Iterator[ast.AST]:
    """A number one larger, one smaller, 0 or with the other sign; True for False."""
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, (int, float)):
        others = dict.fromkeys((value + 1, value - 1, type(value)(0), -value))
        yield from (ast.Constant(other) for other in others if other != value)


def name(node: ast.AST, names: Names) -> Iterator[ast.AST]:
    """Another of the function's own names."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        yield from (ast.Name(other, ast.Load()) for other in names if other != node.id)


def function(node: ast.AST, _: Names) -> Iterator[ast.AST]:
    """A function that is taken for the one called (`sum` for `mean`), or its argument alone."""
    if not isinstance(node, ast.Call):
        return
    called = node.func
    if isinstance(called, ast.Attribute):
        for cousin in _COUSINS.get(called.attr, ()):
            yield _with(node, func=_with(called, attr=cousin))
    elif isinstance(called, ast.Name):
        for cousin in _COUSINS.get(called.id, ()):
            yield _with(node, func=ast.Name(cousin, ast.Load()))
    if len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]
    elif not node.args and isinstance(called, ast.Attribute):
        yield called.value


def arguments(node: ast.AST, _: Names) -> Iterator[ast.AST]:
    """Two neighbouring arguments swapped, or one left out."""
    if isinstance(node, ast.Call):
        for args in (*_swapped(node.args), *_shortened(node.args)):
            yield _with(node, args=args)


def keyword(node: ast.AST, _: Names) -> Iterator[ast.AST]:
    """A keyword argument left out."""
    if isinstance(node, ast.Call):
        for keywords in _shortened(node.keywords):
            yield _with(node, keywords=keywords)


def index(node: ast.AST, _: Names) -> Iterator[ast.AST]:
    """An index or a slice left out."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield node.value


def returned(node: ast.AST, _: Names) -> Iterator[ast.AST]:
    """Nothing returned; or of several values two swapped, or one left out."""
    if not isinstance(node, ast.Return) or node.value is None:
        return
    yield ast.Return(None)
    if isinstance(node.value, ast.Tuple):
        for rest in (*_swapped(node.value.elts), *_shortened(node.value.elts)):
            yield ast.Return(_with(node.value, elts=rest))


def assignment(node: ast.AST, _: Names) -> Iterator[ast.AST]:
    """`=` for `+=`, or two of several names swapped."""
    if isinstance(node, ast.AugAssign):
        yield ast.Assign([node.target], node.value)
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
        for names in _swapped(node.targets[0].elts):
            yield _with(node, targets=[_with(node.targets[0], elts=names), *node.targets[1:]])


def loop(node: ast.AST, _: Names) -> Iterator[ast.AST]:
    """One round more or less, or `continue` for `break`."""
    match node:
        case ast.Call(func=ast.Name(id="range"), args=[*before, last]) if len(before) < 2:
            for step in (ast.Add(), ast.Sub()):
                yield _with(node, args=[*before, ast.BinOp(last, step, ast.Constant(1))])
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()


def removed(block: Sequence[ast.stmt]) -> Iterator[Moved]:
    """A statement left out."""
    for place, each in enumerate(block):
        yield each, "left out", [*block[:place], *block[place + 1 :]] or [ast.Pass()]


def swapped(block: Sequence[ast.stmt]) -> Iterator[Moved]:
    """Two neighbouring statements in the other order."""
    for place, order in enumerate(_swapped(block)):
        yield block[place], f"after {headline(block[place + 1])}", order


def indented(block: Sequence[ast.stmt]) -> Iterator[Moved]:
    """The statement after a loop moved into it, or the loop's last one moved out of it."""
    for place, each in enumerate(block):
        if place + 1 < len(block) and (longer := _prolonged(each, block[place + 1])):
            yield block[place + 1], "in the loop", [*block[:place], longer, *block[place + 2 :]]
        if isinstance(each, _LOOPS) and len(each.body) > 1:
            shorter, last = _with(each, body=each.body[:-1]), each.body[-1]
            yield last, "after the loop", [*block[:place], shorter, last, *block[place + 1 :]]


def unwrapped(block: Sequence[ast.stmt]) -> Iterator[Moved]:
    """What stands below a `for`, `while`, `if` or `with`, without that line."""
    for place, each in enumerate(block):
        if isinstance(each, (*_LOOPS, ast.If, ast.With)):
            yield each, "only what is below it", [*block[:place], *each.body, *block[place + 1 :]]


def _prolonged(statement: ast.stmt, last: ast.stmt) -> ast.stmt | None:
    """A loop with one more statement at its end, also a loop that ends a `with` block."""
    if isinstance(statement, _LOOPS):
        return _with(statement, body=[*statement.body, last])
    if isinstance(statement, ast.With) and (inner := _prolonged(statement.body[-1], last)):
        return _with(statement, body=[*statement.body[:-1], inner])
    return None


# What may stand in place of one statement or expression, ...
RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        *(operator, operand, comparison, condition, constant, name, function),
        *(arguments, keyword, index, returned, assignment, loop),
    )
}
# ... and in place of the statements of a block.
BLOCK_RULES = {rule.__name__: rule for rule in (removed, swapped, indented, unwrapped)}


def headline(statement: ast.stmt) -> str:
    """A statement on one line; of a compound one its first."""
    return ast.unparse(ast.fix_missing_locations(statement)).partition("\n")[0]


def _with(node: N, **fields: Any) -> N:
    changed = copy.copy(node)
    for field, value in fields.items():
        setattr(changed, field, value)
    return changed


def _swapped(items: Sequence[T]) -> Iterator[list[T]]:
    for place in range(len(items) - 1):
        yield [*items[:place], items[place + 1], items[place], *items[place + 2 :]]


def _shortened(items: Sequence[T]) -> Iterator[list[T]]:
    for place in range(len(items)):
        yield [*items[:place], *items[place + 1 :]]
