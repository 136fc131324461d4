"""What the gradebook knows of a lab, and when something was handed in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import tiny
from gradebooks import (
    graded_class,
    new_gradebook,
    sql,
    store,
    stored,
)
from tiny import LAB, refused

from course.config import Settings
from course.gradebook import Gradebook, adapter, parse_timestamp


@pytest.fixture
def mine(tmp_path: Path) -> Settings:
    """The course with a gradebook of this test's own, which knows the lab."""
    return new_gradebook(tmp_path / "mine.db")


def test_registering_twice_changes_nothing_not_even_ids(mine: Settings) -> None:
    before = ids(mine)
    with Gradebook(mine) as gradebook:
        gradebook.register(graded_class().lab)
    assert ids(mine) == before


def ids(settings: Settings) -> list[Any]:
    tables = ("assignment", "notebook", "base_cell", "source_cell")
    return [sorted(sql(settings, f"select id from {table}")) for table in tables]


def test_the_due_date_is_stored_in_utc(mine: Settings) -> None:
    berlin = datetime(2027, 2, 1, 12, tzinfo=timezone(timedelta(hours=1)))
    with Gradebook(mine.override(due={LAB: berlin})) as gradebook:
        gradebook.register(graded_class().lab)
    assert stored(mine)["assignment"] == [(LAB, "2027-02-01 11:00:00.000000", "tiny-course")]


def test_a_due_date_set_in_formgrader_stays(mine: Settings) -> None:
    before = stored(mine)["assignment"]
    with Gradebook(mine.override(due={"another": datetime.now(UTC)})) as gradebook:
        gradebook.register(graded_class().lab)
    assert stored(mine)["assignment"] == before
    assert before[0][1] is not None


@pytest.fixture
def changed(mine: Settings, tmp_path: Path) -> Callable[[Callable[[list[Any]], None]], Settings]:
    """The course, released anew after its cells were changed."""

    def change(edit: Callable[[list[Any]], None]) -> Settings:
        notebook = tiny.source_notebook()
        edit(notebook["cells"])
        for step in ("source", "release"):
            tiny.write_notebook(tmp_path / step / LAB / f"{LAB}.ipynb", notebook)
        folders = {step: str(tmp_path / step) for step in ("source", "release")}
        return mine.override(folders={**mine.folders, **folders})

    return change


def without_mean(cells: list[Any]) -> None:
    cells[:] = [cell for cell in cells if cell["id"] not in ("mean", "test_mean")]


def with_other_words(cells: list[Any]) -> None:
    cells[2]["source"] = "import math, cmath"
    cells[6]["metadata"]["nbgrader"]["points"] = 7


def test_cells_may_change_while_nobody_handed_in(mine: Settings, changed: Any) -> None:
    with Gradebook(changed(without_mean)) as gradebook:
        gradebook.register(graded_class().lab)
    names = {row[1] for row in stored(mine)["base_cell"]}
    assert names == {"double", "test_double", "answer_why"}
    assert [row[0] for row in stored(mine)["source_cell"]].count("mean") == 0


def test_cells_that_came_or_went_are_refused_afterwards(mine: Settings, changed: Any) -> None:
    store(mine, graded_class().first)
    before = stored(mine)
    with Gradebook(changed(without_mean)) as gradebook:
        again = partial(gradebook.register, graded_class().lab)
        refused(again, "tiny", "test_mean", "holds submissions")
    assert stored(mine) == before


def test_words_and_points_may_change_afterwards(mine: Settings, changed: Any) -> None:
    store(mine, graded_class().first)
    with Gradebook(changed(with_other_words)) as gradebook:
        gradebook.register(graded_class().lab)
    assert ("test_mean", 7.0, "code") in stored(mine)["grade_cell"]
    assert "import math, cmath" in {row[3] for row in stored(mine)["source_cell"]}


def test_an_unregistered_lab(mine: Settings, tmp_path: Path) -> None:
    own = mine.override(db_url=f"sqlite:///{tmp_path / 'new.db'}")
    with Gradebook(own) as gradebook:
        refused(lambda: gradebook.reset("ada", LAB), "does not know tiny")


# --- times ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("", None),
        (" \n", None),
        ("2027-02-01 23:59:00 UTC", datetime(2027, 2, 1, 23, 59)),
        ("2027-02-01 23:59:00.5 UTC", datetime(2027, 2, 1, 23, 59, 0, 500000)),
        ("2027-02-01T23:59:00+01:00", datetime(2027, 2, 1, 22, 59)),
        ("2027-02-01 23:59:00", datetime(2027, 2, 1, 23, 59)),
    ],
)
def test_timestamps(text: str, moment: datetime | None) -> None:
    assert parse_timestamp(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2027-13-01 00:00 UTC",
        "\x00",
        "1e99",
        f"01{'0' * 40}M3.2.0",
        "2027-02-01 23:59:00 EST,4,1,0,7200,10,-1,0,7200,3600",
    ],
)
def test_a_timestamp_that_is_no_time(text: str) -> None:
    refused(lambda: parse_timestamp(text), "timestamp.txt says", "no time")


@pytest.mark.parametrize("zone", ["/dev/zero", ":/dev/zero", "../../../dev/zero", "Europe/../UTC"])
def test_a_time_zone_is_no_path(zone: str) -> None:
    """A pipe of that name would never end."""
    refused(lambda: parse_timestamp(f"2027-02-01 23:59:00 {zone}"), "timestamp.txt says", "no time")


@pytest.mark.parametrize(
    "text",
    [
        "2027-02-01 23:59:00 EST",
        "2027-02-01 23:59:00 Europe/Berlin",
        "2027-02-01 23:59:00 -3600",
        "2027-02-01 23:59:00 XYZ",
        "2027-02-01 23:59",
        "2027-02-01T23:59:00Z",
        "2027-02-01",
    ],
)
def test_a_timestamp_says_what_nbgrader_reads(text: str) -> None:
    assert parse_timestamp(text) == adapter.nbgrader_utils().parse_utc(text)


def test_nbgrader_comes_without_its_server_and_what_checks_iris() -> None:
    program = """
import sys
from course.gradebook import adapter
adapter.nbgrader_api(), adapter.nbgrader_preprocessors()
for name in ("rfc3987_syntax", "nbgrader.server_extensions", "jupyter_server.serverapp"):
    assert name not in sys.modules, f"{name} costs a second of start-up"
import nbgrader, rfc3987_syntax
assert nbgrader.api is adapter.nbgrader_api()
assert nbgrader.__version__ and nbgrader.load_formgrader
from nbgrader.apps import NbGraderApp
try:
    nbgrader.nothing
except AttributeError as error:
    assert "nothing" in str(error)
else:
    raise AssertionError
"""
    subprocess.run([sys.executable, "-c", program], check=True)
