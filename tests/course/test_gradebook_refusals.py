"""A database that refuses: one sentence that says which, why and what to do."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from gradebooks import (
    graded_class,
    new_gradebook,
    sql,
    store,
    stored,
)
from sqlalchemy import text
from tiny import refused

from course.config import Settings
from course.gradebook import Gradebook, adapter


@pytest.fixture
def mine(tmp_path: Path) -> Settings:
    """The course with a gradebook of this test's own, which knows the lab."""
    return new_gradebook(tmp_path / "mine.db")


def open_and_register(settings: Settings) -> None:
    with Gradebook(settings) as gradebook:
        gradebook.register(graded_class().lab)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", ("'nonsense'", "c.CourseDirectory.db_url")),
        ("nosuch://host/name", ("nosuch://host/name", "c.CourseDirectory.db_url")),
        ("postgresql+nosuch://u:pass@host/name", ("***@host/name",)),
        ("sqlite:////no/such/folder/gradebook.db", ("No such file", "/no/such/folder")),
    ],
)
def test_a_url_that_leads_nowhere(mine: Settings, url: str, words: tuple[str, ...]) -> None:
    refused(lambda: open_and_register(mine.override(db_url=url)), "The gradebook", *words)


def test_a_server_without_its_driver(mine: Settings) -> None:
    own = mine.override(db_url="mssql+pymssql://grader:secret@db.example.org/course")
    refused(lambda: open_and_register(own), "//grader:***@db", "pymssql", "install that driver")


def test_a_file_that_is_no_database(mine: Settings, tmp_path: Path) -> None:
    file = tmp_path / "gradebook.db"
    file.write_text("marks, in words" * 100, encoding="utf-8")
    own = mine.override(db_url=f"sqlite:///{file}")
    refused(lambda: open_and_register(own), str(file), "not a database", "move that file")
    assert file.read_text(encoding="utf-8").startswith("marks, in words")


def test_a_gradebook_that_is_read_only(mine: Settings) -> None:
    store(mine, graded_class().first)
    file = mine.db_url.removeprefix("sqlite:///")
    own = mine.override(db_url=f"sqlite:///file:{file}?mode=ro&uri=true")
    refused(lambda: store(own, graded_class().first), "readonly", "give yourself the right")


def test_a_gradebook_that_another_program_holds(mine: Settings) -> None:
    own = mine.override(db_url=mine.db_url + "?timeout=0.1")
    with closing(sqlite3.connect(mine.db_url.removeprefix("sqlite:///"))) as database:
        database.execute("begin exclusive")
        refused(lambda: store(own, graded_class().first), "locked", "close what else is writing")
    store(own, graded_class().first)


def test_a_full_disk(mine: Settings) -> None:
    record, notebook, _ = graded_class().first["ada"]
    with Gradebook(mine) as gradebook:
        gradebook.store(record, notebook)
        before = stored(mine)
        session = gradebook._gradebook.db()
        session.execute(text("pragma max_page_count = 1"))  # none beyond those that are there
        long = record.model_copy(update={"student": "b" * 100_000})
        refused(lambda: gradebook.store(long, notebook), "full", "make room")
    assert stored(mine) == before


def test_a_gradebook_of_an_older_nbgrader(mine: Settings) -> None:
    store(mine, graded_class().first)
    sql(mine, "alter table submitted_assignment drop column extension")
    refused(lambda: store(mine, graded_class().first), "no such column", "nbgrader db upgrade")


def test_a_gradebook_is_made_whole_or_not_at_all(
    mine: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "course"
    folder.mkdir()
    own = mine.override(db_url=f"sqlite:///{folder / 'gradebook.db'}")

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("nbgrader.api.Gradebook.check_course", interrupt)
        with pytest.raises(KeyboardInterrupt):
            open_and_register(own)
    assert not (folder / "gradebook.db").exists()
    open_and_register(own)
    assert [path.name for path in folder.iterdir()] == ["gradebook.db"]


def test_a_relative_database_lies_in_the_course(
    mine: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    open_and_register(mine.override(db_url="sqlite:///relative.db"))
    assert (mine.root / "relative.db").exists()
    assert not list(elsewhere.iterdir())


def test_several_may_find_no_gradebook_at_once(mine: Settings, tmp_path: Path) -> None:
    own = mine.override(db_url=f"sqlite:///{tmp_path / 'new.db'}")
    with ThreadPoolExecutor(4) as pool:
        opened = [pool.submit(lambda: Gradebook(own).__enter__()) for _ in range(4)]
    for each in opened:
        each.result().__exit__(None, None, None)
    assert stored(own)["version"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.db", "new.db"]


def test_a_stranger_who_locks_the_folder_holds_nobody_for_ever(
    mine: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "SECONDS_TO_CREATE", 0.1)
    own = mine.override(db_url=f"sqlite:///{tmp_path / 'new.db'}")
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        refused(lambda: open_and_register(own), "new.db", "its folder is locked", "run again")
    finally:
        os.close(folder)
    open_and_register(own)


def test_a_new_gradebook_does_not_take_what_an_older_one_left(
    mine: Settings, tmp_path: Path
) -> None:
    """A run was killed while it wrote, and the gradebook, but not its journal, was moved away."""
    own = mine.override(db_url=f"sqlite:///{tmp_path / 'new.db'}")
    open_and_register(own)
    write = (
        "import os, sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('pragma cache_size = 1')\n"
        "c.execute('begin')\n"
        "c.execute('create table more (x)')\n"
        "c.execute('update source_cell set source = hex(randomblob(20000))')\n"
        "os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", write, str(tmp_path / "new.db")], check=False)
    assert (tmp_path / "new.db-journal").exists()
    (tmp_path / "new.db").unlink()
    open_and_register(own)
    assert stored(own)["version"]
    assert not (tmp_path / "new.db-journal").exists()


def test_a_link_to_a_gradebook_that_is_away_stays(mine: Settings, tmp_path: Path) -> None:
    link, share = tmp_path / "linked.db", tmp_path / "share"
    link.symlink_to(share / "gradebook.db")
    own = mine.override(db_url=f"sqlite:///{link}")
    refused(lambda: open_and_register(own), str(link), "unable to open")
    share.mkdir()
    open_and_register(own)
    assert link.is_symlink()
    assert (share / "gradebook.db").is_file()


def test_a_disk_that_is_full_as_the_course_gets_its_row(mine: Settings, tmp_path: Path) -> None:
    """Which nbgrader calls an invalid entry."""
    with closing(sqlite3.connect(tmp_path / "mine.db")) as database:
        full = "select raise(abort, 'database or disk is full')"
        database.execute(f"create trigger full before insert on course begin {full}; end")
        database.commit()
    refused(lambda: open_and_register(mine.override(course_id="another")), "disk is full")
