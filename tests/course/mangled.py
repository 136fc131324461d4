"""Notebooks as no honest program writes them: the changes that a submission may have gone through.

A change is an operation and three numbers, so that hypothesis can shrink what fails to the few
changes that matter. Numbers are taken modulo whatever there is to choose from.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]
Change = tuple[int, int, int, int]

JUNK: tuple[Any, ...] = (
    *(None, True, 0, -1.5, "", "text", [], {}, ["a\n", 3, None], {"a": {"b": []}}, [[]] * 3),
    *("\ud800", "é\r\n\u2028x", "\0", "x" * 5_000, float("nan"), 10**40, {"grade_id": ["x"]}),
)
SNIPPETS = (
    *("double = 4\n", "def double(x):\n    return x\n", "def mean(xs)\n", "    return 0\n", "\n\n"),
    *("!pip install x\n", "%%time\n", "%%bash\n", "x = !ls\n", "len?\n", "'''", "(((", "#", "\t"),
    *("def cost(x, y, W, b):\n    pass\n", "YOUR ANSWER HERE", "### BEGIN SOLUTION\n", "é\u2028"),
    *("W = W - 1\n", "raise NotImplementedError\n", "lambda: (yield)\n", "global x\n", "\r\n"),
)
KEYS = ("cell_type", "source", "metadata", "id", "outputs", "execution_count", "attachments")


def _cell(cells: list[Any], i: int) -> Json:
    """A cell that can still be changed."""
    found = cells[i % len(cells)]
    return found if isinstance(found, dict) else {}


def _text(cell: Json) -> str:
    source = cell.get("source", "")
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _delete(cells: list[Any], i: int, j: int, k: int) -> None:
    del cells[i % len(cells)]


def _duplicate(cells: list[Any], i: int, j: int, k: int) -> None:
    cells.insert(j % (len(cells) + 1), copy.deepcopy(cells[i % len(cells)]))


def _move(cells: list[Any], i: int, j: int, k: int) -> None:
    cell = cells.pop(i % len(cells))
    cells.insert(j % (len(cells) + 1), cell)


def _split(cells: list[Any], i: int, j: int, k: int) -> None:
    """`j` says how much of the label the second half keeps."""
    cell = _cell(cells, i)
    text = _text(cell)
    at = k % (len(text) + 1)
    half = {**cell, "source": text[at:], "metadata": [{}, cell.get("metadata")][j % 2]}
    half |= [{}, {"id": "new"}][j // 2 % 2]
    cell["source"] = text[:at]
    cells.insert(i % len(cells) + 1, half)


def _merge(cells: list[Any], i: int, j: int, k: int) -> None:
    first, second = _cell(cells, i), _cell(cells, i + 1)
    if first is not second:
        first["source"] = _text(first) + "\n" * (j % 3) + _text(second)
        if second in cells:
            cells.remove(second)


def _retype(cells: list[Any], i: int, j: int, k: int) -> None:
    _cell(cells, i)["cell_type"] = ("code", "markdown", "raw", "heading", 3)[j % 5]


def _strip(cells: list[Any], i: int, j: int, k: int) -> None:
    """Labels get lost: of one cell, or (one time in four) of all."""
    for cell in filter(None, [_cell(cells, i)] if j % 4 else map(_as_cell, cells)):
        cell["metadata"] = {}
        cell.pop("id", None)


def _as_cell(cell: Any) -> Json:
    return cell if isinstance(cell, dict) else {}


def _relabel(cells: list[Any], i: int, j: int, k: int) -> None:
    """A cell gets the label of another, or a new one."""
    cell, other = _cell(cells, i), _cell(cells, j)
    if k % 3:
        cell["metadata"] = copy.deepcopy(other.get("metadata", {}))
        cell["id"] = other.get("id", "")
    elif isinstance(cell.get("metadata"), dict) and cell["metadata"].get("nbgrader"):
        cell["metadata"]["nbgrader"] = {"grade_id": f"other-{j}", "points": k, "grade": True}


def _junk(cells: list[Any], i: int, j: int, k: int) -> None:
    if k % 5:
        _cell(cells, i)[KEYS[k % len(KEYS)]] = copy.deepcopy(JUNK[j % len(JUNK)])
    else:
        cells.insert(i % len(cells), copy.deepcopy(JUNK[j % len(JUNK)]))


def _edit(cells: list[Any], i: int, j: int, k: int) -> None:
    cell = _cell(cells, i)
    text = _text(cell)
    at = k % (len(text) + 1)
    rest = at + (j % 7) * 5 if j % 2 else at
    cell["source"] = text[:at] + SNIPPETS[j % len(SNIPPETS)] + text[rest:]


def _as_lines(cells: list[Any], i: int, j: int, k: int) -> None:
    cell = _cell(cells, i)
    cell["source"] = _text(cell).splitlines(keepends=True)


def _add(cells: list[Any], i: int, j: int, k: int) -> None:
    kind = ("code", "markdown")[k % 2]
    cells.insert(
        i % (len(cells) + 1),
        {"cell_type": kind, "metadata": {}, "source": SNIPPETS[j % len(SNIPPETS)]},
    )


def _solve_elsewhere(cells: list[Any], i: int, j: int, k: int) -> None:
    """What stands in one cell is typed into another, above or below what is there."""
    cell, other = _cell(cells, i), _cell(cells, j)
    text = _text(cell)
    other["source"] = "\n".join([_text(other), text][:: 1 if k % 2 else -1])
    if k % 4 < 2 and cell is not other:
        cell["source"] = ""


OPERATIONS: tuple[Callable[[list[Any], int, int, int], None], ...] = (
    *(_delete, _duplicate, _move, _split, _merge, _retype, _strip, _relabel, _junk, _edit),
    *(_as_lines, _add, _solve_elsewhere, _move, _split, _edit),
)
changes: st.SearchStrategy[list[Change]] = st.lists(
    st.tuples(
        st.integers(0, len(OPERATIONS) - 1),
        st.integers(0, 60),
        st.integers(0, 60),
        st.integers(0, 2_000),
    ),
    min_size=1,
    max_size=8,
)


def mangle(notebook: Json, done: list[Change]) -> Json:
    """The notebook, changed in place."""
    cells: list[Any] = notebook["cells"]
    for operation, i, j, k in done:
        if cells:
            OPERATIONS[operation](cells, i, j, k)
    return notebook


DRESSES: tuple[Callable[[str, int], bytes], ...] = (
    *(lambda text, k: text.encode(),) * 8,
    lambda text, k: text.encode("utf-8-sig"),
    lambda text, k: text.encode("utf-16"),
    lambda text, k: text.encode("utf-32-le"),
    lambda text, k: text.replace("\\n", "\\r\\n").encode(),
    lambda text, k: json.dumps(json.loads(text), indent=k % 5).encode(),
    lambda text, k: text.encode()[: k * 37 % (len(text) + 1)],
    lambda text, k: text.encode()[:k] + b"\xff\xfe" + text.encode()[k:],
    lambda text, k: text.encode()[:k] + b"}" + text.encode()[k + 1 :],
)
dresses = st.tuples(st.integers(0, len(DRESSES) - 1), st.integers(0, 2_000))


def dressed(notebook: Json, dress: tuple[int, int]) -> bytes:
    """The notebook as a file, saved by this program or that, whole or not."""
    which, k = dress
    return DRESSES[which](json.dumps(notebook), k)
