"""Imports point one way: an edge may know the middle, and a leaf knows nothing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[2] / "course"

# From the bottom up. A module may import what stands below it; what stands on one line may also
# import each other. A package's name stands for all its modules.
LAYERS: tuple[tuple[str, ...], ...] = (
    (
        "course",
        "course.errors",
        "course.interrupts",
        "course.surroundings",
        "course.recall",
        "course.memory",
    ),
    ("course.sandbox", "course.times", "course.tables", "course.plot"),
    (
        *("course.record", "course.config", "course.options", "course.roster", "course.cellcode"),
        "course.patience",
    ),
    ("course.lab", "course.scopes"),
    ("course.judge", "course.submission", "course.confinement"),
    ("course.running", "course.marks"),
    ("course.order",),
    ("course.pictures", "course.lending"),
    ("course.grading",),
    ("course.gradebook", "course.store", "course.submitted", "course.workers", "course.batch"),
    ("course.ledger", "course.cluster"),
    ("course.reports",),
    ("course.preview", "course.pytest_plugin", "course.release", "course.nbgrader_shell"),
    (
        "course.autograde",
        "course.ahead",
        "course.collect",
        "course.export",
        "course.feedback",
        "course.gate",
        "course.review",
        "course.colab",
        "course.sample",
        "course.demo",
    ),
    ("course.lms_commands",),
    ("course.cli",),
)


def modules() -> dict[str, Path]:
    return {name_of(path): path for path in sorted(COURSE.rglob("*.py"))}


def name_of(path: Path) -> str:
    parts = path.relative_to(COURSE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer(module: str) -> int:
    """How far up a module stands; -1 when neither it nor a package around it is named."""
    parts = module.split(".")
    for length in range(len(parts), 1 if len(parts) > 1 else 0, -1):
        for number, names in enumerate(LAYERS):
            if ".".join(parts[:length]) in names:
                return number
    return -1


def imports(path: Path) -> set[str]:
    """Modules of this package that a file names, also inside functions and for types alone."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where they point"
            found |= {whole_name(node.module or "", alias.name) for alias in node.names}
    return {name for name in found if name == "course" or name.startswith("course.")}


def whole_name(module: str, name: str) -> str:
    return f"{module}.{name}" if f"{module}.{name}" in modules() else module


@pytest.mark.parametrize("module", modules())
def test_every_module_has_a_layer(module: str) -> None:
    assert layer(module) >= 0, "give it a place in LAYERS"


@pytest.mark.parametrize("module", modules())
def test_imports_point_down(module: str) -> None:
    up = {name for name in imports(modules()[module]) if layer(name) > layer(module)}
    assert not up, f"{module} imports from above itself: {sorted(up)}"


def test_the_layers_name_nothing_that_is_gone() -> None:
    packages = {name_of(path) for path in COURSE.rglob("__init__.py")}
    assert {name for names in LAYERS for name in names} <= set(modules()) | packages
