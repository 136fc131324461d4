"""The gate as a picture: which check sees which misconception.

A panel for each exercise, a row for each misconception, a column for each check. It shows at a
glance what numbers hide: columns that are nearly empty, mistakes that hang on one check, and (in
grey) other exercises in which a mistake is paid for, too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from course.errors import ConfigurationError
from course.gate.findings import in_own_exercise
from course.gate.programs import Kind, Trial
from course.gate.tried import Tried

PASSED, ELSEWHERE, REJECTED, ALONE, MISSED = range(5)
COLOURS = ("#f2f2f2", "#b9c4cc", "#56B4E9", "#004c80", "#D55E00")
WORDS = {
    ALONE: "rejected, by this check alone",
    REJECTED: "rejected",
    ELSEWHERE: "costs points in another exercise",
    MISSED: "let through, although it names this check",
}

# Everything is measured in squares of the matrix, of that many inches.
INCH = 0.165
NAMES, CHECKS, TITLE, GAP, HEAD, LEGEND = 15, 11, 2, 1, 3, 4


@dataclass(frozen=True)
class Panel:
    """One exercise: its misconceptions, its checks, and the other exercises."""

    cell: str
    wrong: tuple[Trial, ...]
    checks: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def height(self) -> int:
        """In squares, with its title and the names of its checks."""
        return TITLE + CHECKS + len(self.wrong) + GAP

    @property
    def width(self) -> int:
        """In squares, with the names of its misconceptions."""
        return NAMES + len(self.checks) + 1 + len(self.others) + GAP


def draw(tried: Tried, path: Path) -> None:
    """Write the picture as a PNG; ConfigurationError when that cannot be written."""
    figure = _figure(tried)
    try:
        figure.savefig(path, format="png", dpi=110)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written ({error.strerror}).") from None


def _figure(tried: Tried) -> Figure:
    columns = _stacked(panels(tried))
    height = max(sum(panel.height for panel in column) for column in columns) + HEAD + LEGEND
    widths = [max(panel.width for panel in column) for column in columns]
    figure = Figure(figsize=(sum(widths) * INCH, height * INCH))
    left = 0
    for column, width in zip(columns, widths, strict=True):
        top = height - HEAD
        for panel in column:
            _draw_panel(figure, tried, panel, left, top, (sum(widths), height))
            top -= panel.height
        left += width
    title = f"{tried.lab}: which check rejects which misconception"
    figure.text(GAP / sum(widths), 1 - 1.5 / height, title, fontsize=14, va="center")
    patches = [Patch(color=COLOURS[value], label=word) for value, word in WORDS.items()]
    figure.legend(handles=patches, loc="lower left", ncols=2, frameon=False, fontsize=9)
    return figure


def panels(tried: Tried) -> list[Panel]:
    """The exercises, in the notebook's order."""
    wrong = [trial for trial in tried.results if trial.kind is Kind.MISCONCEPTION]
    cells = list(tried.checks)
    return [
        Panel(
            cell,
            tuple(trial for trial in wrong if tried.exercises[trial.function][0] == cell),
            tuple(check.name for check in tried.checks[cell]),
            tuple(other for other in cells[cells.index(cell) + 1 :]),
        )
        for cell in cells
    ]


def _stacked(panels: Sequence[Panel]) -> list[list[Panel]]:
    """Panels in columns, in the notebook's order, so that the picture is about square."""
    total = sum(panel.height for panel in panels)
    count = max(1, round(math.sqrt(total / max(panel.width for panel in panels))))
    columns: list[list[Panel]] = [[]]
    for panel in panels:
        full = sum(each.height for each in columns[-1]) + panel.height / 2 > total / count
        if columns[-1] and full and len(columns) < count:
            columns.append([])
        columns[-1].append(panel)
    return columns


def _draw_panel(
    figure: Figure, tried: Tried, panel: Panel, left: int, top: int, size: tuple[int, int]
) -> None:
    names = [name.removeprefix("test_") for name in (*panel.checks, "", *panel.others)]
    rows, width, height = len(panel.wrong), *size
    axes = figure.add_axes(
        (
            (left + NAMES) / width,
            (top - TITLE - CHECKS - rows) / height,
            len(names) / width,
            rows / height,
        )
    )
    look: dict[str, Any] = {"cmap": ListedColormap(COLOURS), "vmin": 0, "vmax": 4}
    axes.pcolormesh(squares(tried, panel), edgecolor="white", linewidth=0.6, **look)
    axes.invert_yaxis()
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelsize=7)
    axes.set_xticks(np.arange(len(names)) + 0.5, names, rotation=90)
    axes.set_yticks(np.arange(rows) + 0.5, [trial.name for trial in panel.wrong])
    axes.spines[:].set_visible(False)
    place = (left + GAP) / width, (top - TITLE / 2) / height
    figure.text(*place, panel.cell, fontsize=11, fontweight="bold", va="center")


def squares(tried: Tried, panel: Panel) -> NDArray[np.float64]:
    """The value of each square; NaN, which is not drawn, between own and other exercises."""
    table = []
    for trial in panel.wrong:
        result = tried.results[trial][0]
        own = in_own_exercise(tried, trial, result)
        named = tried.programs.misconceptions[trial.place].rejected_by
        row: list[float] = []
        for name in (f"{panel.cell}::{check}" for check in panel.checks):
            missed = MISSED if name in named else PASSED
            row.append(missed if name not in own else ALONE if len(own) == 1 else REJECTED)
        cells = {name.partition("::")[0] for name in result.rejected_by}
        others = (ELSEWHERE if cell in cells else PASSED for cell in panel.others)
        table.append([*row, math.nan, *others])
    return np.array(table, dtype=float)
