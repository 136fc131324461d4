"""Submissions that Colab, Jupyter, Drive and students mangled, made from the small lab of the tests.

Each case says what happened to a notebook that was right, what its two exercises must earn (4 and
6 points are to be had), and a sentence that student and TA must read ("" where there is nothing
to say). tests/course/test_zoo_colab.py grades all of them in one batch, beside honest students.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
FULL, NOTHING = (4.0, 6.0), (0.0, 0.0)


@dataclass(frozen=True)
class Case:
    """One submission: `make` gives the file from the notebook of a student who solved it all."""

    name: str
    make: Callable[[Json], bytes]
    marks: tuple[float, float] = FULL
    says: str = ""
    status: str = "graded"
    file_name: str = "tiny.ipynb"


# --- helpers --------------------------------------------------------------------------------------


def cell(notebook: Json, name: str) -> Json:
    """The cell of that id."""
    return next(each for each in notebook["cells"] if each.get("id") == name)


def own(source: str, kind: str = "code", **more: Any) -> Json:
    """A cell of the student's own."""
    return {"cell_type": kind, "metadata": {}, "source": source, **more}


def dumped(notebook: Json, **how: Any) -> bytes:
    """The notebook as a file."""
    return json.dumps(notebook, ensure_ascii=False, **how).encode()


def changed(change: Callable[[Json], object]) -> Callable[[Json], bytes]:
    """A file made by changing the notebook in place."""

    def make(notebook: Json) -> bytes:
        notebook = copy.deepcopy(notebook)
        change(notebook)
        return dumped(notebook)

    return make


def edited(name: str, **parts: Any) -> Callable[[Json], bytes]:
    """A file in which one cell has other parts."""
    return changed(lambda notebook: cell(notebook, name).update(parts))


def labelled(name: str, **labels: Any) -> Callable[[Json], bytes]:
    """A file in which nbgrader's labels of one cell are others."""
    return changed(lambda notebook: cell(notebook, name)["metadata"]["nbgrader"].update(labels))


def every_cell(change: Callable[[Json], object]) -> Callable[[Json], bytes]:
    """A file in which something happened to every cell."""
    return changed(lambda notebook: [change(each) for each in notebook["cells"]])


def at_top(*sources: str) -> Callable[[Json], bytes]:
    """A file with cells of the student's own above everything."""
    return changed(lambda notebook: notebook["cells"].__setitem__(slice(0, 0), map(own, sources)))


def at_end(*sources: str) -> Callable[[Json], bytes]:
    """A file with cells of the student's own below everything."""
    return changed(lambda notebook: notebook["cells"].extend(map(own, sources)))


def without(*names: str) -> Callable[[Json], bytes]:
    """A file that lacks some cells."""
    return changed(
        lambda notebook: notebook.update(
            cells=[each for each in notebook["cells"] if each.get("id") not in names]
        )
    )


def file(data: bytes) -> Callable[[Json], bytes]:
    """A file that is what it is."""
    return lambda notebook: data


def stub(name: str) -> str:
    """What was given out for an exercise."""
    argument = {"double": "x", "mean": "xs"}[name]
    return f'def {name}({argument}):\n    raise NotImplementedError("{name} returns nothing yet")'


# --- how files are saved --------------------------------------------------------------------------


def colab_download(notebook: Json) -> bytes:
    """One line, minor 0, ids in the metadata, stored outputs that nbformat calls invalid."""
    notebook = copy.deepcopy(notebook) | {"nbformat_minor": 0}
    notebook["metadata"] = {
        "colab": {"provenance": []},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"ab12": {"model_name": "X"}}},
    }
    for number, each in enumerate(notebook["cells"]):
        each["metadata"]["id"] = each.pop("id")
        if each["cell_type"] == "code":
            each["metadata"]["outputId"] = f"output-{number}"
            each["outputs"] = [
                {"output_type": "stream", "name": "stdout", "metadata": {}, "text": ["4\n"]},
                {"output_type": "error", "errorDetails": {}, "ename": "E", "traceback": None},
                {"output_type": "display_data", "data": {"intrinsic+json": {"type": "string"}}},
            ]
    notebook["cells"].append(own(""))
    return dumped(notebook, separators=(",", ":"))


def colab_to_github(notebook: Json) -> bytes:
    """Two spaces, and a badge on top that alone has no id though the file is 4.5."""
    badge = (
        '<a href="https://colab.research.google.com/github/ada/labs/blob/main/tiny.ipynb" '
        'target="_parent"><img src="https://colab.research.google.com/assets/colab-badge.svg" '
        'alt="Open In Colab"/></a>'
    )
    labels = {"id": "view-in-github", "colab_type": "text"}
    top = {**own(badge, "markdown"), "metadata": labels}
    return dumped({**notebook, "cells": [top, *notebook["cells"]]}, indent=2)


def nbformat3(notebook: Json) -> bytes:
    """A worksheet, `input` for `source`, and no ids."""
    cells = [
        {"cell_type": each["cell_type"], "metadata": each["metadata"], "input": each["source"]}
        for each in notebook["cells"]
    ]
    return dumped({"nbformat": 3, "worksheets": [{"cells": cells}], "metadata": {"name": ""}})


def bad_bytes(notebook: Json) -> bytes:
    """A few bytes of the disk went wrong, in a cell of the student's own."""
    text = dumped({**notebook, "cells": [*notebook["cells"], own("# BAD", "markdown")]})
    return text.replace(b"BAD", b"B\xffD")


def large(notebook: Json) -> bytes:
    """Eight megabytes of stored pictures."""
    notebook = copy.deepcopy(notebook)
    cell(notebook, "setup")["outputs"] = [{"data": {"image/png": "iVBOR" * (1 << 20)}}] * 2
    return dumped(notebook)


SAVED = (
    Case("saved_plain", dumped),
    Case("saved_by_colab", colab_download),
    Case("saved_to_github", colab_to_github),
    Case("saved_as_copy_of", colab_download, file_name="Copy of tiny (1).ipynb"),
    Case("saved_in_nbformat_3", nbformat3),
    Case("saved_in_nbformat_9", changed(lambda n: n.update(nbformat=9, nbformat_minor=12))),
    Case("saved_with_a_bom", lambda n: b"\xef\xbb\xbf" + dumped(n)),
    Case("saved_in_utf_16", lambda n: dumped(n).decode().encode("utf-16")),
    Case("saved_in_utf_16_without_bom", lambda n: dumped(n).decode().encode("utf-16-le")),
    Case("saved_with_crlf", lambda n: dumped(n, indent=1).replace(b"\n", b"\r\n")),
    Case("saved_with_crlf_inside", lambda n: dumped(n).replace(b"\\n", b"\\r\\n")),
    Case("saved_with_lines", every_cell(lambda c: c.update(source=c["source"].splitlines(True)))),
    Case("saved_without_ids", every_cell(lambda c: c.pop("id"))),
    Case("saved_with_one_id_for_all", every_cell(lambda c: c.update(id="same"))),
    Case("saved_without_metadata_of_its_own", changed(lambda n: n.pop("metadata"))),
    Case("saved_with_an_r_kernel", changed(lambda n: n.update(metadata={"kernelspec": "ir"}))),
    Case("saved_without_outputs", every_cell(lambda c: c.pop("outputs", None))),
    Case("saved_with_pictures", large),
    Case("saved_with_bad_bytes", bad_bytes, says="held bytes that are no text"),
)

# --- what is no notebook --------------------------------------------------------------------------

REFUSED = tuple(
    Case(f"refused_{name}", make, NOTHING, says, "zero")
    for name, make, says in (
        ("empty", file(b""), "The file is empty"),
        ("blank", file(b" \n"), "The file is empty"),
        ("truncated", lambda n: dumped(n)[:900], "breaks off in the middle"),
        ("damaged", lambda n: dumped(n).replace(b'"cells":', b'"cells"'), "was damaged"),
        ("list", file(b"[]"), "JSON but no notebook"),
        ("object", file(b"{}"), "holds no cells"),
        ("pdf", file(b"%PDF-1.4 \xff"), "The file is a PDF"),
        ("zip", file(b"PK\x03\x04..."), "zip archive"),
        ("sign_in", file(b"<!doctype html><title>Sign in</title>"), "asks to sign in"),
        ("script", file(b"import math\ndef double(x):\n    return x"), "a Python script"),
        ("deep", file(b'{"cells":' + b"[" * 99_999), "nested too deeply"),
        ("no_cells", changed(lambda n: n.update(cells=[])), "None of the lab's exercises"),
        (
            "another_lab",
            changed(
                lambda n: n.update(
                    cells=[
                        {**own(source), "metadata": {"nbgrader": {"grade_id": f"lab7-{number}"}}}
                        for number, source in enumerate(("def double(x):\n    return x + x", "1"))
                    ]
                )
            ),
            "This looks like the notebook of another lab",
        ),
    )
)

# --- labels ---------------------------------------------------------------------------------------


def strip(each: Json) -> None:
    """What Drive does to a cell's labels, sometimes."""
    each.pop("id")
    each["metadata"] = {}


LABELS = (
    Case("labels_all_lost", every_cell(strip), says="was recognised by its content"),
    *(
        Case(f"labels_lost_of_{name}", changed(lambda n, name=name: strip(cell(n, name))), says=says)
        for name, says in (
            ("double", "The cell 'double' had lost its label"),
            ("answer_why", "The cell 'answer_why' had lost its label"),
            ("test_double", ""),
            ("setup", ""),
        )
    ),
    Case("labels_are_empty", edited("double", metadata={"nbgrader": {}})),
    Case("labels_are_null", edited("double", metadata=None)),
    Case("labels_are_no_object", edited("double", metadata={"nbgrader": 3, "id": ["x"]})),
    Case("labels_of_an_old_schema", labelled("test_double", schema_version=1)),
    Case("labels_say_not_graded", labelled("test_double", grade=False)),
    Case("labels_say_solution", labelled("test_double", solution=True)),
    Case("labels_say_graded", labelled("double", grade=True, points=99)),
    Case("labels_say_100_points", labelled("test_double", points=100)),
    Case("labels_have_one_key_more", labelled("double", mine=True)),
    Case("labels_of_wrong_type", labelled("test_mean", points="many", locked=[])),
    Case("labels_renamed", labelled("double", grade_id="double-copy1")),
    Case(
        "labels_renamed_and_no_ids",
        changed(
            lambda n: [strip(cell(n, "double")), strip(cell(n, "mean"))]
            and n["cells"][3]["metadata"].update(nbgrader={"grade_id": "unknown"})
        ),
        says="The cell 'double' had lost its label",
    ),
)

# --- cells ----------------------------------------------------------------------------------------

RIGHT_DOUBLE = 'def double(x):\n    """Mine."""\n    y = x\n    return x + y'


def copied(name: str, **parts: Any) -> Callable[[Json], bytes]:
    """A file in which a cell stands twice, labels and all; the second is changed."""

    def change(notebook: Json) -> None:
        place = notebook["cells"].index(cell(notebook, name))
        copy_of = {**copy.deepcopy(notebook["cells"][place]), **parts}
        notebook["cells"].insert(place + 1, copy_of)

    return changed(change)


def split(at: str) -> Callable[[Json], bytes]:
    """A file in which the first solution was split before `at`; both halves keep the label."""

    def change(notebook: Json) -> None:
        first = cell(notebook, "double")
        cut = RIGHT_DOUBLE.index(at)
        second = {**copy.deepcopy(first), "source": RIGHT_DOUBLE[cut:]}
        first["source"] = RIGHT_DOUBLE[:cut]
        notebook["cells"].insert(notebook["cells"].index(first) + 1, second)

    return changed(change)


def merged(first: str, second: str) -> Callable[[Json], bytes]:
    """A file in which one cell was merged into another, which keeps its own label."""

    def change(notebook: Json) -> None:
        gone = cell(notebook, second)
        both = sorted([first, second], key=[c["id"] for c in notebook["cells"]].index)
        source = "\n".join(cell(notebook, each)["source"] for each in both)
        cell(notebook, first)["source"] = source
        notebook["cells"].remove(gone)

    return changed(change)


def in_a_new_cell(*names: str, place: int = 99) -> Callable[[Json], bytes]:
    """A file in which solutions stand in a cell of the student's own, and the stubs are empty."""

    def change(notebook: Json) -> None:
        source = "\n\n".join(cell(notebook, name)["source"] for name in names)
        for name in names:
            cell(notebook, name)["source"] = stub(name)
        notebook["cells"].insert(place, own(source))

    return changed(change)


def last_year(notebook: Json) -> None:
    """The same lab with other words around the same labels."""
    for each in notebook["cells"]:
        labels = each["metadata"].get("nbgrader", {})
        if not labels.get("solution"):
            each["source"] += "\n# last year" if each["cell_type"] == "code" else "\nLast year."


RELEASED = {
    "double": 'def double(x):\n    """Twice x."""\n    # YOUR CODE HERE\n'
    '    raise NotImplementedError("double returns nothing yet")',
    "mean": 'def mean(xs):\n    """The mean of a list of numbers."""\n    # YOUR CODE HERE\n'
    '    raise NotImplementedError("mean returns nothing yet")',
    "answer_why": "YOUR ANSWER HERE",
}


def untouched(notebook: Json) -> None:
    """The lab as it was given out."""
    for name in ("double", "mean", "answer_why"):
        cell(notebook, name)["source"] = RELEASED[name]


CELLS = (
    Case("cells_reversed", changed(lambda n: n["cells"].reverse()), says="in another order"),
    Case("cells_copied", copied("double"), says="'double' was there 2 times"),
    Case("cells_copied_stub", copied("double", source=stub("double")), says="was there 2 times"),
    Case("cells_copied_for_trials", copied("double", source="double(3)")),
    Case("cells_copied_check", copied("test_double")),
    Case("cells_copied_check_edited", copied("test_double", source="assert double(0) == 0")),
    Case("cells_split_in_the_body", split("    y = x"), says="split into 2 cells"),
    Case("cells_split_at_the_end", split("    return"), says="split into 2 cells"),
    Case("cells_split_in_a_line", split(" + y"), says="split into 2 cells"),
    Case("cells_merged_with_check", merged("double", "test_double"), says="'test_double' was missing"),
    Case("cells_merged_into_check", merged("test_double", "double"), says="was taken from there"),
    Case("cells_merged_solutions", merged("double", "mean"), says="stands in the cell 'double'"),
    Case("cells_merged_solutions_below", merged("mean", "double"), says="stands in the cell 'mean'"),
    Case("cells_retyped_solution", edited("double", cell_type="markdown"), says="become markdown"),
    Case("cells_retyped_check", edited("test_double", cell_type="raw"), says="become markdown"),
    Case("cells_retyped_answer", edited("answer_why", cell_type="code"), says="become code"),
    Case("cells_check_edited", edited("test_double", source="assert True"), says="was changed; the"),
    Case("cells_check_with_points", edited("test_double", source="100.0"), says="the original was run"),
    Case("cells_check_deleted", without("test_double"), says="'test_double' was missing and was"),
    Case("cells_solution_deleted", without("double"), (0, 6), "There is no solution of 'double'"),
    Case("cells_answer_deleted", without("answer_why"), says="There is no answer to 'answer_why'"),
    Case("cells_all_given_deleted", without("setup", "test_double", "test_mean", "story")),
    Case("cells_below_the_checks", in_a_new_cell("double"), says="stood in another cell"),
    Case("cells_above_the_stub", in_a_new_cell("double", place=3), says="stood in another cell"),
    Case("cells_all_in_one", in_a_new_cell("double", "mean"), says="stands in the cell 'double'"),
    Case(
        "cells_helper_in_setup",
        changed(
            lambda n: cell(n, "setup").update(source="import math\ntwo = 2")
            or cell(n, "double").update(source="def double(x):\n    return two * x")
        ),
        says="What you had added to the given cell 'setup' was run before it",
    ),
    Case("cells_of_last_year", changed(last_year), says="was changed; the original was run"),
    Case("cells_of_the_source", edited("double", source="### BEGIN SOLUTION\n" + RIGHT_DOUBLE),
         says="marks of the course's own solutions"),
    Case("cells_untouched", changed(untouched), NOTHING, "Nothing was written into this notebook"),
    Case("cells_with_a_syntax_error", edited("double", source="def double(x:"), (0, 6)),
    Case("cells_defined_again_below", at_end("def double(x):\n    return 3 * x"),
         says="You define double again"),
)

# --- running --------------------------------------------------------------------------------------

RUN = (
    Case("run_pip", at_top("!pip install numpy", "%pip install x", "%tensorflow_version 2.x")),
    Case("run_magics", at_top("%matplotlib inline", "%%time\nx = 1", "%%capture\nprint(1)", "%cd /")),
    Case(
        "run_drive",
        at_top("from google.colab import drive\ndrive.mount('/content/drive')",
               "open('/content/drive/MyDrive/a', 'w').write('a')"),
    ),
    Case("run_forms", edited("double", source="#@title Mine\nk = 2 #@param\ndef double(x):\n  return k*x")),
    Case("run_pip_in_the_solution", edited("double", source="!pip install x\n%matplotlib inline\n" + RIGHT_DOUBLE)),
    Case("run_input", at_top("name = input('Your name? ')")),
    Case("run_exit", at_top("import sys\nsys.exit()", "exit()", "quit()")),
    Case("run_endless", at_top("while True: pass"), says="was stopped at its limit"),
    Case("run_prints_much", at_top("while True: print('x' * 1000)"), says="was stopped at its limit"),
    Case("run_ends_after_the_first", edited("mean", source="import os\nos._exit(1)"), (4, 0), "ended"),
    Case("run_shadows", at_end("double = double(2)\nmean = 0")),
    Case("run_warns", edited("double", source="import warnings\ndef double(x):\n  warnings.warn('x')\n  return x+x")),
    Case(
        "run_out_of_order",
        changed(
            lambda n: cell(n, "mean").update(source="def mean(xs):\n    return half * 2 * sum(xs) / len(xs)")
            or n["cells"].append(own("half = 0.5"))
        ),
        (4, 0),
        "The cell 'mean' uses half before it exists: half is defined further down",
    ),
)

CASES = (*SAVED, *REFUSED, *LABELS, *CELLS, *RUN)
