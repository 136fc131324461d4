"""Any bytes end in cells or in one sentence for the student."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.errors import UnreadableSubmission
from course.submission.read import MAX_SOURCE, MAX_TEXT, PICTURE, StudentCell, read

CELL = {"cell_type": "code", "source": ["x = 1\n", "y = 2"], "metadata": {}, "outputs": []}


def notebook(*cells: Any, **more: Any) -> str:
    return json.dumps({"cells": cells or [CELL], "nbformat": 4, "metadata": {}, **more})


@pytest.mark.parametrize(
    "data",
    [
        notebook().encode(),
        b"\xef\xbb\xbf" + notebook().encode(),
        notebook().encode("utf-16"),
        notebook().replace("\\n", "\\r\\n").encode(),
        json.dumps(json.loads(notebook()), indent=1).encode(),
        notebook({**CELL, "source": "x = 1\ny = 2"}).encode(),
        json.dumps({"worksheets": [{"cells": [{"cell_type": "code", "input": "x = 1\ny = 2"}]}]}),
        notebook(nbformat=5).encode(),
        notebook({**CELL, "outputs": [{"output_type": "stream", "metadata": 3}]}).encode(),
        notebook({"cell_type": "code", "source": ["x = 1\n", "y = 2"]}).encode(),
        notebook().encode("utf-16-be"),
        notebook().encode("utf-32"),
        notebook(nbformat_minor=99).encode(),
        notebook({**CELL, "id": 7}).encode(),
        notebook({**CELL, "metadata": {"id": ["a"], "nbgrader": {"grade_id": None}}}).encode(),
        notebook(metadata={"widgets": {"application/vnd.jupyter.widget-state+json": {}}}).encode(),
        notebook(metadata={"kernelspec": {"name": "ir", "language": "R"}}).encode(),
        notebook(metadata=[]).encode(),
        notebook(nbformat=float("nan")).encode(),
        notebook().replace("4", "4" * 5_000).encode(),
        notebook().replace("[]", "[" * 300 + "]" * 300).encode(),
        notebook().replace("y = 2", "y = 2\t").replace("\t", "").encode("utf-8-sig") + b"\n\n",
        b"\n" + notebook(note="caf\u00e9").encode().replace(b"\\u00e9", b"\xe9"),
    ],
)
def test_a_notebook_in_any_dress_is_read(data: bytes | str) -> None:
    raw = data.encode() if isinstance(data, str) else data
    assert [cell.source for cell in read(raw)] == ["x = 1\ny = 2"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n ", "is empty"),
        (notebook().encode()[:-20], "breaks off"),
        (b"\x80\xff\xfe", "no text"),
        (b"PK\x03\x04\xff\xfe\x80", "zip archive"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF, which cannot be run: in Colab choose File"),
        (b"\x89PNG\r\n", "a picture"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"\n<!DOCTYPE html><title>Sign in", "web page, perhaps the one that asks to sign in"),
        (b'# -*- coding: utf-8 -*-\n"""Copy of lab1.ipynb\n', "a Python script"),
        (b"import numpy as np\n", "a Python script"),
        (b'{"cells": [}', "was damaged"),
        (notebook().encode("utf-16")[:-21], "breaks off"),
        (b"hello", "no notebook .no JSON."),
        (b"[]", "JSON but no notebook"),
        (b"{}", "holds no cells"),
        (b'{"cells": {}}', "holds no cells"),
        (b'{"cells": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested too deeply"),
        (b'{"cells": [' + b"{}," * 4_000_000 + b"{}]}", "more than 4000000 values"),
        (notebook(*[CELL] * 2_001).encode(), "more than 2000 cells"),
        (notebook(*[{**CELL, "source": "x" * 60_000}] * 18).encode(), "characters of code"),
    ],
)
def test_anything_else_is_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableSubmission, match=words):
        read(data)


def test_personal_data_and_outputs_are_not_even_looked_at() -> None:
    cell = {
        **CELL,
        "metadata": {
            "id": "abc",
            "nbgrader": {"grade_id": "cost"},
            "executionInfo": {"user": {"displayName": "Ada Lovelace", "userId": "0815"}},
        },
        "outputs": [{"output_type": "stream", "text": "ada@example.org"}],
    }
    found = read(notebook(cell).encode())
    assert found == (StudentCell("code", "x = 1\ny = 2", "cost", frozenset({"abc"})),)
    assert "Ada" not in repr(found)
    assert "ada@" not in repr(found)


def test_a_cell_that_nobody_typed_is_left_out() -> None:
    (cell,) = read(notebook({**CELL, "source": "x" * (MAX_SOURCE["code"] + 1)}).encode())
    assert "left out" in cell.source


def test_text_cells_beyond_all_that_are_kept_are_left_out() -> None:
    page = {**CELL, "cell_type": "markdown", "source": "word " * 200_000}
    found = read(notebook(*[page] * 12, {**page, "source": "last"}, CELL).encode())
    assert sum(len(cell.source) for cell in found) < MAX_TEXT + 1_000
    assert [cell.said == "" for cell in found] == [True] * 8 + [False] * 4 + [True] * 2
    assert found[11].said.startswith("A text cell of your notebook was left out")
    assert [found[12].source, found[13].is_code] == ["last", True]


def test_a_pasted_picture_is_not_lost_without_a_word() -> None:
    picture = {
        "cell_type": "markdown",
        "source": "See",
        "attachments": {"a.png": {"image/png": ""}},
    }
    (cell,) = read(notebook(picture).encode())
    assert cell.said == PICTURE


def test_a_label_is_one_line() -> None:
    cell = {"source": "x", "metadata": {"nbgrader": {"grade_id": "cost\n\n# All points"}}}
    assert read(notebook(cell).encode())[0].grade_id == "cost # All points"


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
odd_cells = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": json_values,
        "source": json_values,
        "metadata": json_values | st.fixed_dictionaries({"nbgrader": json_values}),
        "id": json_values,
    },
)


@given(st.lists(odd_cells | json_values, max_size=5))
def test_odd_cells_are_read_or_refused(cells: list[Any]) -> None:
    for cell in read(json.dumps({"cells": cells}).encode()):
        assert isinstance(cell.source, str)
        assert cell.cell_type in ("code", "markdown")


@given(st.binary(max_size=200))
def test_random_bytes_are_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(UnreadableSubmission) as caught:
        read(data)
    assert str(caught.value).endswith(".")
