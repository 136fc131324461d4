"""`pytest tests/lab1`: the hidden checks from a shell, against the solution or one student.

Without an option the source notebook's own solutions are graded, which must earn full marks; with
`--submission PATH` one student's notebook, so that a TA can look into single marks with all of
pytest's tools. As in grading, the notebook runs in the sandbox, a cell at a time, and each file of
checks asks the namespace as it is right after its grade cell.

pytest loads this module at every start, so it imports the grader only when a check asks for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import numpy as np

    from course.config import Settings
    from course.judge.proxy import Callee, Submission

_BENCH = pytest.StashKey["Bench"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--submission`."""
    parser.getgroup("course").addoption(
        "--submission",
        metavar="PATH",
        help="judge this notebook instead of the lab's own solutions",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers that a check may carry, as `course.judge.collection` does."""
    config.addinivalue_line("markers", "points(n): what a hidden check is worth")
    config.addinivalue_line("markers", "explanatory(why): it explains what others reject too")
    config.stash[_BENCH] = Bench(config.getoption("--submission"))


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the processes that checks were run against."""
    config.stash[_BENCH].close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run checks in the notebook's order, so that it runs once and not once for each file."""
    bench = config.stash[_BENCH]
    items.sort(key=lambda item: bench.place(item) if _is_check(item) else (0, ""))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the points of each grade cell."""
    earned: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.getreports(outcome):
            points = dict(getattr(report, "user_properties", ())).get("points")
            if points is not None:
                cell = report.nodeid.partition("::")[0].rpartition("/")[2].removesuffix(".py")
                earned[cell][0] += points * (outcome == "passed")
                earned[cell][1] += points
    if earned:
        terminalreporter.section("points")
        for cell, (got, most) in earned.items():
            terminalreporter.write_line(f"{cell:<28}{got:>6g} of {most:g}")


def _is_check(item: pytest.Item) -> bool:
    return "submission" in getattr(item, "fixturenames", ())


@pytest.fixture
def submission(request: pytest.FixtureRequest) -> Submission:
    """The functions of the notebook under judgement, called in its own process."""
    marker = request.node.get_closest_marker("points")
    if marker is not None and marker.args:
        request.node.user_properties.append(("points", float(marker.args[0])))
    bench: Bench = request.config.stash[_BENCH]
    return bench.submission(request.node)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """Random numbers seeded by the course's secret and the check's name."""
    from course.judge.checks import seeded

    bench: Bench = request.config.stash[_BENCH]
    return seeded(bench.settings(request.node).secret, request.node)


class Bench:
    """Runs one notebook for each lab's folder of checks and stops where a check wants to ask."""

    def __init__(self, notebook: str | None) -> None:
        self._notebook = Path(notebook).resolve() if notebook else None
        self._labs: dict[Path, _Live] = {}

    def _live(self, item: pytest.Item) -> _Live:
        folder = item.path.parent
        if folder not in self._labs:
            from course.errors import ConfigurationError, UnreadableSubmission
            from course.reports.terminal import visible

            try:
                self._labs[folder] = _Live(folder, self._notebook)
            except ConfigurationError as error:
                raise pytest.UsageError(str(error)) from None
            except (OSError, UnreadableSubmission) as error:
                raise pytest.UsageError(visible(f"{self._notebook}: {error}", 1000)) from None
        return self._labs[folder]

    def settings(self, item: pytest.Item) -> Settings:
        """The settings of the course that a check belongs to."""
        return self._live(item).settings

    def place(self, item: pytest.Item) -> tuple[int, str]:
        """Where a check's grade cell stands in the notebook."""
        return self._live(item).place(item.path.stem), item.path.stem

    def submission(self, item: pytest.Item) -> Submission:
        """The namespace right after the check's grade cell."""
        return self._live(item).at(item.path.stem)

    def close(self) -> None:
        """End all processes."""
        for live in self._labs.values():
            live.close()


class _Live:
    """One lab's notebook, run as far as its checks have asked for."""

    def __init__(self, folder: Path, notebook: Path | None) -> None:
        from course.config import find_root, load_settings
        from course.lab import Lab
        from course.submission.read import read
        from course.submission.repair import repair

        self.settings = load_settings(find_root(folder))
        self.lab = Lab.load(self.settings, folder.name)
        source = self.settings.folder("source") / folder.name / f"{folder.name}.ipynb"
        self._repaired = repair(read((notebook or source).read_bytes()), self.lab)
        self._order = [cell.grade_id for cell in self.lab.graded]
        self._reached = len(self._order)
        self._run: Iterator[tuple[str, Submission]] = iter(())
        self._now: tuple[str, Submission] | None = None

    def place(self, grade_id: str) -> int:
        """The cell's position among the graded ones; pytest's usage error when there is none."""
        if grade_id not in self._order:
            raise pytest.UsageError(f"{self.lab.name} has no grade cell {grade_id!r}")
        return self._order.index(grade_id)

    def at(self, grade_id: str) -> Submission:
        """Run on to the end of this cell; from the start again if that lies behind."""
        if self._now is None or self._now[0] != grade_id:
            if self._now is None or self.place(grade_id) < self.place(self._now[0]):
                self.close()
                self._run = self._cells()
            self._now = next(each for each in self._run if each[0] == grade_id)
        return self._now[1]

    def _cells(self) -> Iterator[tuple[str, Submission]]:
        from course.confinement import choose_isolation
        from course.judge.proxy import Submission
        from course.running import run_cells
        from course.sandbox.forks import WarmProcess

        isolation = choose_isolation(self.settings, self.lab.name)
        limits, packages = self.settings.limits, self.settings.packages
        with (
            WarmProcess(isolation, limits, packages=packages) as warm,
            warm.fork() as child,
        ):
            for executed in run_cells(child, self._repaired.cells):
                lab_cell = executed.cell.lab_cell
                if lab_cell is not None and lab_cell.kind == "grade":
                    yield lab_cell.grade_id, Submission(_Shown(child))

    def close(self) -> None:
        """End the process, if one runs."""
        if hasattr(self._run, "close"):
            self._run.close()


class _Shown:
    """A student's namespace whose errors can be shown: pytest prints their text as it is."""

    def __init__(self, callee: Callee) -> None:
        self._callee = callee

    def call(self, name: str, *args: Any) -> Any:
        with _as_text():
            return self._callee.call(name, *args)

    def watch(self, name: str, *args: Any) -> tuple[Any, tuple[Any, ...]]:
        with _as_text():
            return self._callee.watch(name, *args)

    def get(self, name: str) -> Any:
        with _as_text():
            return self._callee.get(name)


@contextmanager
def _as_text() -> Iterator[None]:
    """Spell out what a terminal would obey in the class and the message of a student's error."""
    from course.reports.terminal import visible
    from course.sandbox.outcome import StudentError

    try:
        yield
    except StudentError as error:
        raise StudentError(visible(error.kind), visible(error.text, 1000)) from None
