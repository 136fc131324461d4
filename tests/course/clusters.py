"""Real Dask clusters on this machine, for tests: a scheduler and its workers, each a process.

Every process ends with its test, by its own number. Nothing here is imported from Dask.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

SECONDS_TO_START = 60.0
LOOPBACK = "127.0.0.1"


def eventually(holds: Callable[[], Any], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(holds())


class Cluster:
    """A scheduler without workers; `add` starts one, and `address` is where course finds it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "scheduler.json"
        self.workers: list[subprocess.Popen[bytes]] = []
        self._started = 0
        options = ["--host", LOOPBACK, "--port", "0", "--no-dashboard", "--no-show"]
        self.scheduler = self._start("scheduler", *options, "--scheduler-file", str(self.file))
        assert eventually(self._is_written, SECONDS_TO_START), self.said()
        self.address: str = json.loads(self.file.read_text())["address"]

    def _is_written(self) -> bool:
        """Whether the file holds all that it will: it is there before."""
        with suppress(FileNotFoundError, json.JSONDecodeError):
            return bool(json.loads(self.file.read_text()))
        return False

    def add(
        self, *options: str, nanny: bool = False, **environment: str
    ) -> subprocess.Popen[bytes]:
        """Start one more worker, with one thread unless the options say otherwise.

        A nanny is a process of Dask's that starts a worker anew when it ends.
        """
        threads = [] if "--nthreads" in options else ["--nthreads", "1"]
        threads += ["--nanny" if nanny else "--no-nanny"]
        places = ["--host", LOOPBACK, "--local-directory", str(self.folder), "--no-dashboard"]
        worker = self._start("worker", self.address, *threads, *places, *options, **environment)
        self.workers.append(worker)
        log = self._log("worker")
        assert eventually(lambda: "Registered to" in log.read_text(), SECONDS_TO_START), self.said()
        return worker

    def temporary(self) -> list[Path]:
        """The private folders in which labs lie unpacked."""
        return sorted(self.folder.glob("course-cluster-*"))

    def said(self) -> str:
        """What all of them have printed."""
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def end_workers(self) -> None:
        _end(*self.workers)
        self.workers.clear()

    def end(self) -> None:
        _end(*self.workers, self.scheduler)

    def _log(self, kind: str) -> Path:
        return self.folder / f"{self._started}-{kind}.log"

    def _start(self, kind: str, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        self._started += 1
        with self._log(kind).open("wb") as file:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", kind, *options],
                cwd=self.folder,
                env={**os.environ, "TMPDIR": str(self.folder), **environment},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )


def _end(*processes: subprocess.Popen[bytes]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A scheduler without workers, in a folder of its own; skips the test without Dask."""
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    started = Cluster(folder)
    try:
        yield started
    finally:
        started.end()
