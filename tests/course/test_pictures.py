"""Pictures from the student's functions: asked apart from the checks, bounded, never a fault."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from pydantic import ValidationError
from tiny import LAB, RIGHT, filled, forget_checks, refused, write_course, write_notebook

from course.config import load_settings
from course.grading import Grader
from course.lab import Lab
from course.pictures import ENDED, NOT_DRAWN, Pictures
from course.plot import LARGEST, MOST_NUMBERS, Mark, Plot, Role, Series
from course.record import Record
from course.release import release

PICTURES = '''\
from course.plot import Mark, Plot, Role, Series

GIVEN = ("setup",)
AFTER = "test_mean"


def doubles(submission):
    """Your doubles"""
    places = [(x, submission.double(x).number()) for x in (1.0, 2.0, 3.0)]
    series = Series.of(Role.YOURS, Mark.PATH, places, "double")
    return Plot(name="", title="", text="Twice each x.", x_range=(0, 4), y_range=(0, 8),
                series=(series,))


def broken(submission):
    """A picture whose author made a mistake"""
    return 1 / 0


PICTURES = (doubles, broken)
'''

REMEMBERS = """\
seen = []
def double(x):
    seen.append(x)
    return seen[0] * 2 if len(seen) > 3 else x + x"""
"""Gives away its first input once it was called often: of a check, if one was asked before."""

COUNTS = """\
calls = []
def double(x):
    calls.append(x)
    return x + x if len(calls) <= 2 else -1.0"""
"""Right for exactly the two calls of its checks."""


TELLS_BY_PIDS = """\
import os, threading
def double(x):
    if x not in (1.0, 2.0, 3.0):
        for _ in range(300):
            thread = threading.Thread(target=int)
            thread.start()
            thread.join()
    return float(os.getpid())"""
"""Has many threads used up their numbers when a check asks, for the picture's process to see."""


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory):
    folder = write_course(tmp_path_factory.mktemp("pictures") / "course")
    (folder / "tests" / LAB / "pictures.py").write_text(PICTURES, encoding="utf-8")
    settings = load_settings(folder)
    release(settings, LAB)
    with Grader(settings, Lab.load(settings, LAB)) as grader:
        yield grader
    forget_checks()


def graded(grader: Grader, double: str, **others: str) -> Record:
    sources = {**RIGHT, "double": double, **others}
    path = grader.settings.root / "one.ipynb"
    data = write_notebook(path, filled(grader.settings.root, sources)).read_bytes()
    return grader.grade("ada", data).record


def places(record: Record) -> list[tuple[float, float]]:
    series = record.pictures[0].series
    return list(zip(series[0].x, series[0].y, strict=True)) if series else []


def test_a_picture_holds_what_the_students_function_gives(grader: Grader) -> None:
    record = graded(grader, RIGHT["double"])
    picture = record.pictures[0]
    assert (picture.name, picture.title) == ("doubles", "Your doubles")
    assert picture.text == "Twice each x."
    assert places(record) == [(1, 2), (2, 4), (3, 6)]
    assert Record.from_json(record.to_json()).pictures == record.pictures
    assert '"x": [1.0, 2.0, 3.0],' in record.to_json(), "numbers stand on one line"


def test_a_mistake_in_the_labs_file_costs_nobody_a_mark(grader: Grader) -> None:
    record = graded(grader, RIGHT["double"])
    assert record.pictures[1].text == NOT_DRAWN
    assert record.pictures[1].series == ()
    assert record.points == 10


def test_what_a_function_remembers_of_the_checks_is_not_drawn(grader: Grader) -> None:
    record = graded(grader, REMEMBERS)
    assert places(record) == [(1, 2), (2, 4), (3, 6)]


def test_what_a_check_asked_is_not_told_to_the_pictures_process(grader: Grader) -> None:
    if grader.isolation.tier != "bwrap":
        pytest.skip("all of the machine's processes share their numbers here")
    first, second = (places(graded(grader, TELLS_BY_PIDS))[0][1] for _ in range(2))
    assert second - first > 300, "the checks of the first did use up numbers"
    grader.__exit__(None, None, None)
    with grader:
        assert places(graded(grader, TELLS_BY_PIDS))[0][1] < 50, "but those of its own come later"


def test_asking_for_a_picture_changes_no_mark(grader: Grader) -> None:
    record = graded(grader, COUNTS)
    assert record.cell("test_double").points == 4
    assert places(record) == [(1, 2), (2, 4), (3, -1)], "it was asked three times, afresh"


@pytest.mark.parametrize(
    ("double", "words"),
    [
        ("def double(x):\n    raise KeyError(x)", "double stopped with KeyError."),
        ("def double(x):\n    pass", "but gives nothing (None)"),
        ("def double(x):\n    return float('nan')", "but gives nan"),
        ("def double(x):\n    return [x] * 10**6", "but gives a list"),
        ("def twice(x):\n    return 2 * x", "your notebook has no double"),
        ("import os\ndef double(x):\n    os._exit(0)", ENDED),
        ("import os\nos._exit(0)", "your notebook has no double"),
    ],
)
def test_a_sentence_stands_where_nothing_can_be_drawn(
    grader: Grader, double: str, words: str
) -> None:
    record = graded(grader, double)
    assert places(record) == []
    assert words in record.pictures[0].text
    assert record.status == "graded"


def test_a_cell_that_took_long_does_not_run_again(grader: Grader) -> None:
    slow = "import time\nend = time.process_time() + 1.2\nwhile time.process_time() < end: pass\n"
    record = graded(grader, slow + RIGHT["double"])
    assert "took too long" in record.pictures[0].text
    assert record.points == 10


def test_no_pictures_where_nothing_was_run(grader: Grader) -> None:
    assert grader.grade("ben", b"no notebook").record.pictures == ()


def test_a_file_that_says_nothing_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "an_empty_lab"
    folder.mkdir()
    assert Pictures.beside(folder) is None
    (folder / "__init__.py").write_text("", encoding="utf-8")
    (folder / "pictures.py").write_text("PICTURES = ()\n", encoding="utf-8")
    refused(lambda: Pictures.beside(folder), "pictures.py", "GIVEN")


# --- the numbers ---------------------------------------------------------------------------------


def series(*where: tuple[float, float]) -> Series:
    return Series.of(Role.YOURS, Mark.PATH, where)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 2 * LARGEST, 1e300])
def test_a_series_ends_before_what_cannot_be_drawn(bad: float) -> None:
    assert series((0, 1), (1, bad), (2, 3)).y == (1.0,)
    assert series((bad, 1)).x == ()
    with pytest.raises(ValidationError):
        Series(role=Role.YOURS, mark=Mark.DOTS, x=(1.0,), y=(bad,))


def test_a_series_is_short_and_its_numbers_too() -> None:
    drawn = series(*((k / 3, k) for k in range(1000)))
    assert len(drawn.x) == MOST_NUMBERS
    assert drawn.x[1] == 0.33333
    with pytest.raises(ValidationError):
        Series(role=Role.YOURS, mark=Mark.DOTS, x=(1.0,), y=())


@pytest.mark.parametrize("what", [{"x_range": (1, 1)}, {"log": True}, {"y_range": (2, 1)}])
def test_axes_that_show_nothing_are_refused(what: dict) -> None:
    with pytest.raises(ValidationError):
        Plot(name="a", title="A", text="a", **what)
