"""What a reader may count on: short modules, short functions, and a lock that fits."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PACKAGE = sorted((ROOT / "course").rglob("*.py"))
LINES_OF_A_MODULE = 300
LINES_OF_A_FUNCTION = 60


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", PACKAGE, ids=name_of)
def test_modules_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_OF_A_MODULE


@pytest.mark.parametrize("path", PACKAGE, ids=name_of)
def test_functions_are_short(path: Path) -> None:
    lengths = {
        function.name: (function.end_lineno or 0) - function.lineno + 1
        for function in functions(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert {name: n for name, n in lengths.items() if n > LINES_OF_A_FUNCTION} == {}


@pytest.mark.parametrize("path", PACKAGE, ids=name_of)
def test_modules_say_why_they_exist(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def locked() -> dict[str, str]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", text, re.MULTILINE))


def wanted() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    return [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *(requirement for extra in extras for requirement in extra),
    ]


@pytest.mark.parametrize("text", wanted())
def test_the_lock_holds_what_the_project_asks_for(text: str) -> None:
    requirement = Requirement(text)
    assert requirement.name in locked(), "run `make lock`"
    assert requirement.specifier.contains(locked()[requirement.name]), "run `make lock`"


def test_the_lock_names_no_machine_and_no_index() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|--index|--find-links|--extra|(^|\s)/\w", text)
    assert text.count("--hash=sha256:") > len(locked())
