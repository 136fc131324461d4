"""Finding a lab's hidden checks: which there are, what they are worth, what students read.

pytest collects them with settings of our own. Importing is done afresh and only from the lab's
folder: judged by stale checks, or by those of another course, marks would be wrong unnoticed.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from _pytest.config import _prepareconfig

from course.errors import ConfigurationError

MARKERS = (
    "points(n): what a hidden check is worth",
    "explanatory(why): the check says which idea is missing, though others reject what it rejects",
)


OPTIONS = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")


@dataclass(frozen=True)
class Check:
    """One hidden check, as its lab's author wrote it."""

    grade_id: str
    name: str
    title: str
    max_points: float
    explanatory: str = ""  # why it may stand although other checks reject all that it rejects


def check_of(item: pytest.Item) -> Check:
    """What pytest collected, as a check; ConfigurationError when points or sentence are missing."""
    where = f"{item.path.name}::{item.name}"
    marker = item.get_closest_marker("points")
    points = float(marker.args[0]) if marker and _is_weight(marker.args) else 0.0
    if not points:
        raise ConfigurationError(
            f"{where} has no weight: give it @pytest.mark.points(n) with a number above 0."
        )
    title = (getattr(item.obj, "__doc__", None) or "").strip().split("\n")[0]  # type: ignore[attr-defined]
    if not title:
        raise ConfigurationError(
            f"{where} has no docstring: its first line is what the student reads."
        )
    return Check(item.path.stem, item.name, title, points, _explanation(item, where))


def _explanation(item: pytest.Item, where: str) -> str:
    """What `@pytest.mark.explanatory("why")` says; '' for a check without that mark."""
    marker = item.get_closest_marker("explanatory")
    if marker is None:
        return ""
    match marker.args:
        case (str() as why,) if why.strip():
            return why
    raise ConfigurationError(
        f'{where} does not say what it explains: write @pytest.mark.explanatory("why").'
    )


def _is_weight(args: tuple[object, ...]) -> bool:
    match args:
        case (int() | float() as points,):
            return type(points) is not bool and 0 < points < float("inf")
    return False


def collect(folder: Path, plugin: object) -> list[pytest.Item]:
    """Every item below `folder`; `plugin` brings the fixtures. ConfigurationError when it fails."""
    if not any(folder.glob("test_*.py")):
        raise ConfigurationError(f"No hidden checks in {folder}: each grade cell needs its file.")
    arguments = [str(folder), "-q", "-c", os.devnull, "--rootdir", str(folder), "--capture=no"]
    arguments += ["--import-mode=prepend", *("-p", "no:cacheprovider", "-p", "no:course")]
    arguments.append("--disable-plugin-autoload")  # what else is installed has no say in marks
    with _without_options():
        config = _prepareconfig(arguments, [plugin])
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    config._do_configure()
    config.pluginmanager.unregister(name="terminalreporter")
    session = pytest.Session.from_config(config)
    config.hook.pytest_sessionstart(session=session)
    faults = _CollectionFaults()
    config.pluginmanager.register(faults)
    with _fresh_modules(folder):
        session.perform_collect()
    if faults.found:
        raise ConfigurationError(f"The checks in {folder} cannot be collected: {faults.found[0]}")
    for item in session.items:
        _refuse_foreign(item, folder)
    return list(session.items)


@contextmanager
def _without_options() -> Iterator[None]:
    """Leave out what whoever grades has set for pytest runs of their own."""
    before = {name: os.environ.pop(name) for name in OPTIONS if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(before)


@contextmanager
def _fresh_modules(folder: Path) -> Iterator[None]:
    """Import the checks from their files as they are now.

    Python would hand out a module that was imported before an edit, or that another course has
    under the same name; bytecode is told from its source by size and by whole seconds alone.
    """
    names = {folder.name, *(path.stem for path in folder.glob("*.py"))}
    for name in [name for name in sys.modules if name.partition(".")[0] in names]:
        if _comes_from_checks(sys.modules[name]):
            del sys.modules[name]
    importlib.invalidate_caches()
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def _comes_from_checks(module: ModuleType) -> bool:
    """Whether a module lies below some course's `tests/` (or is a package without a file)."""
    file = getattr(module, "__file__", None)
    return file is None or "tests" in Path(file).parts


class _CollectionFaults:
    """Keeps the last line of every collection error."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.found.append(str(report.longrepr).strip().splitlines()[-1])


def _refuse_foreign(item: pytest.Item, folder: Path) -> None:
    """Python may hand out a module of the same name from another course; never judge by that."""
    file = Path(str(item.module.__file__)).resolve()  # type: ignore[attr-defined]
    if folder.resolve() not in file.parents:
        raise ConfigurationError(f"{item.path} was collected from {file}, which is another course.")


def module_beside(folder: Path, name: str) -> ModuleType | None:
    """A module or package beside the checks, imported as the checks import it."""
    if not ((folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file()):
        return None
    inside = (folder / "__init__.py").is_file()
    place = str(folder.parent if inside else folder)
    if place not in sys.path:
        sys.path.insert(0, place)
    module = importlib.import_module(f"{folder.name}.{name}" if inside else name)
    if folder.resolve() not in Path(str(module.__file__)).resolve().parents:
        raise ConfigurationError(f"{folder / name} is hidden by {module.__file__}.")
    return module
