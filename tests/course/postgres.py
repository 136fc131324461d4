"""A PostgreSQL server of a test's own: made by initdb, on loopback, ended with the test."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NOBODY = 65534
SECONDS = "60"


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs; skips the test where it is not installed."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))  # as Debian has it
    found = shutil.which(name) or (str(installed[-1]) if installed else None)
    if found is None:
        pytest.skip(f"PostgreSQL's {name} is not installed")
    return found


class Server:
    """A cluster in a folder; `start` and `stop` may be repeated."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = folder / "data"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._run("initdb", "-D", self._data, "-U", "grader", "-A", "trust", "--no-sync")

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        log = self._folder / "log"
        self._run("pg_ctl", "-D", self._data, "-o", options, "-l", log, "-t", SECONDS, "start")

    def stop(self) -> None:
        """Stop it at once: open connections break."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-t", SECONDS, "stop")

    def url(self, database: str = "postgres") -> str:
        """The URL of a database in it."""
        return f"postgresql+psycopg://grader@127.0.0.1:{self._port}/{database}"

    def create(self, database: str) -> str:
        """Make an empty database and return its URL."""
        self._run("createdb", "-h", "127.0.0.1", "-p", self._port, "-U", "grader", database)
        return self.url(database)

    def _run(self, name: str, *arguments: object) -> None:
        command = [program(name), *map(str, arguments)]
        if os.geteuid() == 0:  # which PostgreSQL refuses to run as
            ids = (f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
            command = ["setpriv", *ids, *command]
        said = self._folder / "said"
        with said.open("wb") as output:  # no pipe: the server would hold its end open
            done = subprocess.run(command, stdout=output, stderr=output, cwd="/", check=False)
        assert done.returncode == 0, said.read_text("utf-8", "replace")


@contextmanager
def running_server() -> Iterator[Server]:
    """A server that has started; gone afterwards, with all that it held."""
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    program("initdb")
    folder = Path(tempfile.mkdtemp(prefix="course-postgres-"))
    try:
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        server = Server(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
