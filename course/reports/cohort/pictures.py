"""Pictures of a class as inline SVG: they say more than a table, and need nothing but the page.

Colours come from the page's classes, so that they follow its light and dark scheme. Each picture
has a title for who cannot see it; the numbers themselves stand in a table beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from course.record import Outcome, Record
from course.reports.cohort.statistics import Bin, graded
from course.reports.words import plain, points

WIDTH = 720  # of a picture, in the units of its drawing
_BASE = 170  # where the histogram's columns stand
_HEIGHT_OF_MAP = 520

_CLASSES = {
    Outcome.FAILED: "failed",
    Outcome.ERROR: "error",
    Outcome.TIMEOUT: "error",
    Outcome.NOT_RUN: "not-run",
}


def histogram_picture(bins: Sequence[Bin], title: str) -> Markup:
    """Columns for how many students have which score."""
    most = max((len(each.students) for each in bins), default=0) or 1
    step = (WIDTH - 40) / max(1, len(bins))
    parts = [_column(number, each, step, most) for number, each in enumerate(bins)]
    last = Markup('<text class="tick" x="{}" y="190">{}</text>').format(
        _number(20 + step * len(bins)), points(bins[-1].high) if bins else "0"
    )
    return _svg("histogram", 200, title, [*parts, last])


def _column(number: int, each: Bin, step: float, most: int) -> Markup:
    count, left = len(each.students), 20 + number * step
    height = 140 * count / most
    return Markup(
        "<g><title>{low} to {high}: {count}</title>"
        '<rect class="column" x="{x}" y="{y}" width="{w}" height="{h}"/>'
        '<text class="count" x="{middle}" y="{above}">{shown}</text></g>'
        '<text class="tick" x="{left}" y="190">{low}</text>'
    ).format(
        low=points(each.low),
        high=points(each.high),
        count=count,
        x=_number(left + 2),
        y=_number(_BASE - height),
        w=_number(step - 4),
        h=_number(height),
        middle=_number(left + step / 2),
        above=_number(_BASE - height - 6),
        shown=count or "",
        left=_number(left),
    )


def rate_bar(rate: float) -> Markup:
    """A bar for a share from 0 to 1; the number stands beside it, so it has no words."""
    return Markup(
        '<svg class="rate" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="ground" width="100" height="10"/>'
        '<rect class="column" width="{}" height="10"/></svg>'
    ).format(_number(100 * min(1.0, max(0.0, rate))))


def item_map(records: Iterable[Record], title: str) -> Markup:
    """Who passed what: a row for each student, the best on top; a column for each check.

    What was passed stays empty. One path for each kind of verdict keeps a large class small.
    """
    rows = sorted(graded(records), key=lambda each: (-each.points, each.student))
    columns = [(cell.grade_id, len(cell.checks)) for cell in rows[0].automatic] if rows else []
    gap, top = 10.0, 88.0
    total = sum(count for _, count in columns) or 1
    wide = (WIDTH - gap * (len(columns) - 1)) / total
    high = max(1.0, min(10.0, _HEIGHT_OF_MAP / max(1, len(rows))))
    starts, at = {}, 0.0
    for grade_id, count in columns:
        starts[grade_id] = at
        at += count * wide + gap
    paths: dict[str, list[str]] = {}
    for number, record in enumerate(rows):
        for cell in record.automatic:
            for place, check in enumerate(cell.checks):
                if check.verdict is not Outcome.PASSED and cell.grade_id in starts:
                    x = _number(starts[cell.grade_id] + place * wide)
                    y = _number(top + number * high)
                    paths.setdefault(_CLASSES[check.verdict], []).append(
                        f"M{x} {y}h{_number(wide)}"
                    )
    ground = [
        Markup('<rect class="ground" x="{}" y="{}" width="{}" height="{}"/>').format(
            _number(starts[grade_id]),
            _number(top),
            _number(count * wide),
            _number(high * len(rows)),
        )
        for grade_id, count in columns
    ]
    heads = [_head(grade_id, starts[grade_id]) for grade_id, _ in columns]
    marks = [
        Markup('<path class="{}" stroke-width="{}" transform="translate(0 {})" d="{}"/>').format(
            kind, _number(max(0.8, high - 0.8)), _number(high / 2), "".join(path)
        )
        for kind, path in paths.items()
    ]
    return _svg("item-map", top + high * len(rows) + 4, title, [*ground, *marks, *heads])


def _head(grade_id: str, left: float) -> Markup:
    return Markup('<text class="head" transform="translate({} 80) rotate(-30)">{}</text>').format(
        _number(left), plain(grade_id)
    )


def _svg(name: str, height: float, title: str, parts: Iterable[Markup]) -> Markup:
    return Markup(
        '<svg class="picture {}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(name, WIDTH, _number(height), title, Markup("").join(parts))


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
