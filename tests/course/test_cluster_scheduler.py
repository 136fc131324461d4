"""How a scheduler is reached, and what is said when it is not."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
from pathlib import Path
from unittest.mock import MagicMock

import pytest
import tiny
from parcels import command, open_course, run

from course.cluster import scheduler

course = pytest.fixture(open_course)


def test_nothing_of_dask_speaks_but_for_what_is_critical(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scheduler, "_client", lambda connect, address: MagicMock())
    with scheduler.connected("tcp://10.0.0.1:8786"):
        names = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
        assert len(names) > 1
        loud = [name for name in names if logging.getLogger(name).isEnabledFor(logging.ERROR)]
        assert loud == []


@pytest.mark.parametrize("where", ["tcp://h:8786", "tls://h.example.org:1", "h:8786", "[::1]:9"])
def test_addresses(where: str) -> None:
    assert scheduler.address_of(where) == where


@pytest.mark.parametrize(
    "where", ["nowhere", "tcp://h", "http://h:1", "tcp://h:1/x", "no.json", "."]
)
def test_what_is_no_address(where: str) -> None:
    tiny.refused(lambda: scheduler.address_of(where), "--cluster", repr(where), "scheduler file")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"address": 3}', '{"address": "http://x"}', "\0"]
)
def test_what_is_no_scheduler_file(text: str, tmp_path: Path) -> None:
    file = tmp_path / "scheduler.json"
    file.write_text(text)
    tiny.refused(lambda: scheduler.address_of(str(file)), str(file), "no scheduler file")


def test_a_scheduler_file_names_the_address(tmp_path: Path) -> None:
    file = tmp_path / "scheduler.json"
    file.write_text(json.dumps({"type": "Scheduler", "address": "tcp://10.0.0.1:8786"}))
    assert scheduler.address_of(str(file)) == "tcp://10.0.0.1:8786"


@pytest.mark.parametrize("listening", [True, False])
def test_an_address_that_answers_nothing(
    listening: bool, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(scheduler, "SECONDS_TO_CONNECT", 1.0)
    monkeypatch.setattr(scheduler, "SECONDS_TO_PICK_UP", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        where = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        if not listening:
            server.close()
        tiny.refused(lambda: run(course, where), "No Dask scheduler", where)
    assert not (course / "autograded").exists()
    assert not (course / "gradebook.db").exists()


def test_without_dask_one_sentence_says_so(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    tiny.refused(lambda: run(course, "tcp://127.0.0.1:8786"), "needs Dask", "course[cluster]")


def test_processes_are_not_a_clusters_matter(course: Path) -> None:
    done = command(course, "--cluster", "tcp://127.0.0.1:8786", "--processes", "2")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--processes is for this machine" in done.stderr


def test_nobody_waits_for_dask_who_does_not_use_it() -> None:
    program = (
        "import sys, course.cli, course.autograde\n"
        "print([name for name in sys.modules if name in ('dask', 'distributed', 'course.cluster')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
