"""The floor: what the students' cells and the checks cost if nothing else were done.

Each notebook is executed, cell by cell, in a fork of a process that has imported NumPy and pyplot
already; checks are called there, figures are drawn to PNG. Nothing is confined, repaired or stored.

Run as `python -m bench.floor FOLDER LAB SECRET NOTEBOOK… [--draw]`.
"""

from __future__ import annotations

import ast
import gc
import io
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("agg")

import numpy  # noqa: F401
from matplotlib import pyplot as plt

from bench.incell import earned


def main() -> None:
    """Run every notebook in a fork of this process, one after another."""
    draw = "--draw" in sys.argv
    folder, lab, secret, *notebooks = [each for each in sys.argv[1:] if each != "--draw"]
    sys.path.insert(0, folder)
    matplotlib.rcParams["figure.dpi"] = 72
    plt.show = lambda *_, **__: _show(draw)  # type: ignore[assignment]
    plt.plot([0, 1])
    _show(True)
    for check in Path(folder, lab).glob("test_*.py"):
        earned(lab, check.stem, secret, {})
    gc.collect()
    gc.freeze()
    for path in notebooks:
        pid = os.fork()
        if pid == 0:
            try:
                _run(json.loads(Path(path).read_text(encoding="utf-8")), lab, secret, draw)
            finally:
                os._exit(0)
        os.waitpid(pid, 0)


def _show(draw: bool) -> None:
    for number in plt.get_fignums():
        if draw:
            plt.figure(number).savefig(io.BytesIO(), format="png")
    plt.close("all")


def _run(notebook: dict[str, Any], lab: str, secret: str, draw: bool) -> None:
    sys.stdout = sys.stderr = io.StringIO()
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        source = re.sub(r"^[ \t]*[!%].*$", "", "".join(cell["source"]), flags=re.MULTILINE)
        try:
            exec(compile(ast.parse(source), "<cell>", "exec"), names)
        except Exception:
            plt.close("all")
        _show(draw)
        labels = cell["metadata"].get("nbgrader", {})
        if labels.get("grade") and not labels.get("solution"):
            earned(lab, labels["grade_id"], secret, names)


if __name__ == "__main__":
    main()
