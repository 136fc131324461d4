"""The gradebook on a PostgreSQL server: the same marks, two runs at once, a server that ends."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tiny
from gradebooks import QUERIES, graded_class, new_gradebook, store, stored
from postgres import Server, running_server
from tiny import LAB, refused

from course.config import Settings
from course.gradebook import Gradebook, adapter

pytestmark = pytest.mark.slow

COURSE = Path(sys.executable).with_name("course")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for all tests of this file; each has a database of its own."""
    with running_server() as running:
        yield running


def in_postgres(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the gradebook says, as `gradebooks.stored` gives it for SQLite."""
    import psycopg

    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return {
            name: sorted((tuple(map(_plain, row)) for row in connection.execute(query)), key=repr)
            for name, query in QUERIES.items()
        }


def _plain(value: Any) -> Any:
    """A value as SQLite gives it: times as text, truth as a number."""
    if isinstance(value, bool):
        return int(value)
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if hasattr(value, "strftime") else value


def registered(url: str) -> Settings:
    settings = graded_class().settings.override(db_url=url)
    with Gradebook(settings) as gradebook:
        gradebook.register(graded_class().lab)
    return settings


def test_the_same_rows_as_in_sqlite(server: Server, tmp_path: Path) -> None:
    url = server.create("rows")
    for settings in (mine := new_gradebook(tmp_path / "mine.db"), registered(url)):
        store(settings, graded_class().first)
        store(settings, graded_class().second)
    assert in_postgres(url) == stored(mine)


def test_a_server_that_stops_and_comes_back(server: Server) -> None:
    settings = registered(server.create("restart"))
    first, *others = graded_class().first.values()
    with Gradebook(settings) as gradebook:
        gradebook.store(*first)
        server.stop()
        try:
            refused(lambda: gradebook.store(*others[0]), "The gradebook", "cannot be used")
        finally:
            server.start()
        assert gradebook.students(LAB) == {first[0].student}, "half a submission was stored"
        for graded in others:
            gradebook.store(*graded)
        assert gradebook.students(LAB) == graded_class().first.keys()


def test_a_server_that_is_not_there(server: Server) -> None:
    settings = graded_class().settings.override(db_url=server.url("nowhere"))
    refused(lambda: Gradebook(settings).__enter__(), "nowhere", "create that database first")
    unreachable = settings.override(db_url="postgresql+psycopg://grader@127.0.0.1:1/course")
    refused(lambda: Gradebook(unreachable).__enter__(), "start its server")


def test_of_two_who_find_nothing_one_makes_the_tables(server: Server) -> None:
    import psycopg

    url = server.create("race")
    with psycopg.connect(url.replace("+psycopg", "")) as other:
        other.execute("select pg_advisory_lock(%s)", [adapter._LOCK])
        second = threading.Thread(target=registered, args=[url])
        second.start()
        waiting = "select 1 from pg_locks where locktype = 'advisory' and not granted"
        deadline = time.monotonic() + 30
        while not other.execute(waiting).fetchall():
            assert time.monotonic() < deadline, "it does not wait for the other run"
            time.sleep(0.01)
        assert other.execute("select to_regclass('public.grade')").fetchone() == (None,)
    second.join()
    assert in_postgres(url)["assignment"]


def test_two_runs_at_once(server: Server, tmp_path: Path) -> None:
    """Two machines, one gradebook: each grades its half of the class in a folder of its own."""
    url = server.create("runs")
    halves = [_course(tmp_path / name, url, name) for name in ("a", "b")]
    runs = [
        subprocess.Popen(
            [COURSE, "autograde", LAB, "--processes", "1"], cwd=half, stderr=subprocess.PIPE
        )
        for half in halves
    ]
    said = [run.communicate()[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    grades = in_postgres(url)["grade"]
    assert {row[0] for row in grades} == {f"{half}{i}" for half in "ab" for i in range(4)}
    for half in halves:
        for path in half.glob(f"autograded/*/{LAB}/record.json"):
            record = json.loads(path.read_text(encoding="utf-8"))
            automatic = [row[2] for row in grades if row[0] == record["student"]]
            assert sum(score or 0 for score in automatic) == record["points"]


def test_a_restart_in_mid_run(server: Server, tmp_path: Path) -> None:
    """The run ends with a sentence; the next one stores everybody, nobody twice."""
    url = server.create("midrun")
    course = _course(tmp_path / "course", url, "s")
    command = [COURSE, "autograde", LAB, "--processes", "1"]
    run = subprocess.Popen(command, cwd=course, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not list(course.glob(f"autograded/*/{LAB}/record.json")):
        assert time.monotonic() < deadline, "nothing was graded"
        assert run.poll() is None, "it ended before the server was stopped"
        time.sleep(0.01)
    server.stop()
    server.start()
    said = run.communicate()[1]
    assert run.returncode in (0, 2), said
    if run.returncode:
        assert "Traceback" not in said
        assert "The gradebook" in said
    again = subprocess.run(command, cwd=course, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    stored_rows = in_postgres(url)
    assert [row[0] for row in stored_rows["submitted_assignment"]] == [f"s{i}" for i in range(4)]
    assert len(stored_rows["grade"]) == 4 * 3


def _course(folder: Path, url: str, prefix: str) -> Path:
    from course.config import load_settings
    from course.release import release

    tiny.write_course(folder)
    with (folder / "course_config.py").open("a", encoding="utf-8") as config:
        config.write(f'c.CourseDirectory.db_url = "{url}"\n')
    release(load_settings(folder), LAB)
    for number in range(4):
        tiny.hand_in(folder, f"{prefix}{number}", [tiny.RIGHT, tiny.HALF, tiny.WRONG, {}][number])
    return folder
