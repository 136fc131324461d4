"""A `Plot` as SVG: places on paper, worked out here, so that the template only writes them down."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from course.plot import Plot, Range, Series

WIDTH, HEIGHT = 440.0, 310.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 10.0, 10.0, 46.0
FAR = 4.0  # pictures beyond the edge at which a line is cut
_TICKS = 6
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Tick:
    """One label of an axis, and where it stands on it."""

    place: float
    label: str


@dataclass(frozen=True)
class Drawn:
    """A series on paper: `points` as SVG writes them, and the places of its dots."""

    series: Series
    points: str
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Drawing:
    """A plot on paper; `description` says in words what it shows."""

    plot: Plot
    drawn: tuple[Drawn, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]

    @property
    def legend(self) -> tuple[Series, ...]:
        """The series that have a name, in the order of drawing."""
        return tuple(each.series for each in self.drawn if each.series.label)


def draw(plot: Plot) -> Drawing:
    """Put a plot on paper; one without series has nothing on it."""
    drawn = tuple(_drawn(series, plot) for series in plot.series if series.x)
    y_ticks = _log_ticks(plot.y_range) if plot.log else _ticks(plot.y_range)
    return Drawing(
        plot,
        drawn,
        tuple(Tick(_across(value, plot), _label(value)) for value in _ticks(plot.x_range)),
        tuple(Tick(_down(value, plot), _label(value, plot.log)) for value in y_ticks),
    )


def _drawn(series: Series, plot: Plot) -> Drawn:
    places: list[tuple[float, float]] = []
    for x, y in zip(series.x, series.y, strict=True):
        if plot.log and y <= 0:
            continue
        place = _across(x, plot), _down(y, plot)
        near = abs(place[0]) <= FAR * WIDTH and abs(place[1]) <= FAR * HEIGHT
        places.append(place if near else _cut(places[-1] if places else place, place))
        if not near:
            break
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    inside = tuple(place for place in places if _on_paper(place))
    return Drawn(series, points, inside if series.mark != "line" else ())


def _cut(start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    """Where the way from `start` to a place that is far off passes the last line still drawn."""
    reach = max(abs(end[0] - start[0]) / (FAR * WIDTH), abs(end[1] - start[1]) / (FAR * HEIGHT), 1)
    return start[0] + (end[0] - start[0]) / reach, start[1] + (end[1] - start[1]) / reach


def _on_paper(place: tuple[float, float]) -> bool:
    return LEFT <= place[0] <= WIDTH - RIGHT and TOP <= place[1] <= HEIGHT - BOTTOM


def _across(x: float, plot: Plot) -> float:
    low, high = plot.x_range
    return LEFT + (WIDTH - LEFT - RIGHT) * (x - low) / (high - low)


def _down(y: float, plot: Plot) -> float:
    low, high = plot.y_range
    if plot.log:
        y, low, high = math.log10(y), math.log10(low), math.log10(high)
    return TOP + (HEIGHT - TOP - BOTTOM) * (high - y) / (high - low)


def _ticks(span: Range) -> Iterator[float]:
    """Round numbers, some six of them, within a range."""
    low, high = span
    rough = (high - low) / _TICKS
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    yield from (k * step for k in range(first, last + 1))


def _log_ticks(span: Range) -> Iterator[float]:
    """Powers of ten within a range, every second or third if there are many."""
    first = math.ceil(math.log10(span[0]) - 1e-9)
    last = math.floor(math.log10(span[1]) + 1e-9)
    stride = max(1, -(-(last - first) // _TICKS))
    yield from (10.0**k for k in range(first, last + 1, stride))


def _label(value: float, log: bool = False) -> str:
    if log and not 1e-3 < value < 1e4:
        return "10" + str(round(math.log10(value))).translate(_RAISED)
    return f"{value:g}".replace("-", "−") if value else "0"
