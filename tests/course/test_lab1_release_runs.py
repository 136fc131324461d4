"""Lab 1's release where students run it: an environment of ipykernel, NumPy and Matplotlib alone.

A virtual environment is made with these three, at the versions that are installed here, and its
kernel runs the release from top to bottom, driven from outside: with the stubs empty, with the
solutions typed in, and with a wrong one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import lab1_notebook as lab1
import pytest
from nbformat import NotebookNode

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of the kernel's client
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
PACKAGES = ("ipykernel", "numpy", "matplotlib")
PNG = "iVBORw0KGgo"  # how a picture begins, in base64


@pytest.fixture(scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of one kernel, `bare`, whose environment holds nothing but `PACKAGES`."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = str(folder / "venv" / "bin" / "python")
    pinned = [f"{name}=={version(name)}" for name in PACKAGES]
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", *pinned]
    subprocess.run([python, *install], check=True)
    (folder / "kernels" / "bare").mkdir(parents=True)
    argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "bare", "language": "python"}
    (folder / "kernels" / "bare" / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    return folder / "kernels"


@pytest.fixture(scope="module")
def release() -> NotebookNode:
    return lab1.make_release()


def run(notebook: NotebookNode, kernels: Path) -> dict[str, list[Any]]:
    """Run all cells, outside of the repository; the outputs of each code cell, by its id."""
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpecManager
    from nbclient import NotebookClient

    specs = KernelSpecManager(kernel_dirs=[str(kernels)])
    manager = AsyncKernelManager(kernel_name="bare", kernel_spec_manager=specs)
    outside = {"metadata": {"path": str(kernels)}}
    client = NotebookClient(notebook, km=manager, timeout=120, allow_errors=True, resources=outside)
    client.execute()
    return {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}


def printed(outputs: list[Any], stream: str = "stdout") -> str:
    return "".join(o.text for o in outputs if o.output_type == "stream" and o.name == stream)


def pictures(outputs: list[Any]) -> int:
    return sum(o.get("data", {}).get("image/png", "").startswith(PNG) for o in outputs)


def test_nothing_else_is_installed(kernels):
    python = kernels.parent / "venv" / "bin" / "python"
    for name in ("course", "nbgrader", "scipy", "pandas"):
        command = [python, "-I", "-c", f"import {name}"]
        found = subprocess.run(command, capture_output=True, check=False)
        assert b"ModuleNotFoundError" in found.stderr


def test_empty_stubs(release, kernels):
    ran = run(lab1.typed_in(release, {}), kernels)
    for cell_id, outputs in ran.items():
        assert [o for o in outputs if o.output_type == "error"] == [], cell_id
        assert printed(outputs, "stderr") == ""
        lines = printed(outputs).splitlines()
        if cell_id.startswith("test_"):
            assert lines
            assert all("not written yet" in line for line in lines)
        elif lines:
            assert len(lines) == 1
            assert " waits for exercise " in lines[0]
    assert sum(len(printed(o).splitlines()) for i, o in ran.items() if i.startswith("test_")) == 7
    assert [cell_id for cell_id, outputs in ran.items() if pictures(outputs)] == ["plot_data"]


def test_solutions(release, kernels):
    ran = run(lab1.typed_in(release, lab1.solutions(lab1.read_source())), kernels)
    for cell_id, outputs in ran.items():
        assert [o for o in outputs if o.output_type == "error"] == [], cell_id
        assert printed(outputs, "stderr") == ""
        assert pictures(outputs) == cell_id.startswith("plot_")
    assert "".join(printed(outputs) for outputs in ran.values()).count("✓") == 7


def test_a_wrong_answer_ends_its_cell_with_one_sentence(release, kernels):
    answers = lab1.solutions(lab1.read_source())
    answers["cost"] = answers["cost"].replace(".mean()", ".sum()")
    (error,) = run(lab1.typed_in(release, answers), kernels)["test_cost"]
    assert error.ename == "AssertionError"
    assert error.evalue.startswith("cost([1, 2, 3, 4], [2, 6, 6, 14], 2, 1) should give 7")
