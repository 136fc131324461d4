"""Dask's scheduler as this package sees it: how to reach it, and who works for it.

Dask is an optional extra and takes a second to import, so only what runs on a cluster comes here.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from concurrent.futures import Future as Answer
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from course.errors import ConfigurationError

Client = Any  # Dask's; of its methods' types some are missing and others do not fit

SECONDS_TO_CONNECT = 10.0
SECONDS_TO_PICK_UP = 3.0
SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_OF_SILENCE = 60.0

LOGGERS = ("distributed", "distributed.client", "distributed.gc", "asyncio")
"""Dask gives some below its first a level of their own."""

NO_DASK = "--cluster needs Dask, which is not installed: run `pip install 'course[cluster]'`."
NO_ADDRESS = (
    "--cluster {where!r} is neither an address, like tcp://host:8786, nor a scheduler file that "
    "exists: name what `dask scheduler` said when it started, or its --scheduler-file."
)
BAD_FILE = "{where} is no scheduler file ({problem}): name what `dask scheduler` wrote."
NO_ANSWER = (
    "No Dask scheduler can be reached at {address} ({problem}): start one with `dask scheduler`, "
    "or name the right address."
)
LOST = (
    "The Dask scheduler at {address} is gone; what was graded is stored, run the same command "
    "again for the rest."
)

_ADDRESS = re.compile(r"(?:(?:tcp|tls)://)?(?:[^\s:/\[\]]+|\[[0-9a-fA-F:.]+\]):\d{1,5}")


def address_of(where: str) -> str:
    """A scheduler's address, given as it is or in a scheduler file; ConfigurationError if not."""
    path = Path(where)
    if _ADDRESS.fullmatch(where):
        return where
    if not path.is_file():
        raise ConfigurationError(NO_ADDRESS.format(where=where))
    try:
        address = json.loads(path.read_text(encoding="utf-8"))["address"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        problem = f"{type(error).__name__}: {error}"
        raise ConfigurationError(BAD_FILE.format(where=where, problem=problem)) from None
    if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
        raise ConfigurationError(BAD_FILE.format(where=where, problem=f"address: {address!r}"))
    return address


@contextmanager
def connected(where: str) -> Iterator[Client]:
    """A connection to the scheduler; ConfigurationError when there is none to be had.

    Certificates for tls:// are those of Dask's own configuration.
    """
    address = address_of(where)
    try:
        import dask
        import distributed
    except ImportError:
        raise ConfigurationError(NO_DASK) from None
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is said here, once
    client = _client(distributed.Client, address)
    try:
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GB"}):
            yield client  # a submission travels with its task
    finally:
        with suppress(OSError, TimeoutError):
            client.close(timeout=SECONDS_TO_CONNECT)


def _client(connect: Client, address: str) -> Client:
    """A client within a set time, which Dask itself keeps only until somebody picks up."""
    answer: Answer[Client] = Answer()

    def try_it() -> None:
        try:
            seconds = SECONDS_TO_CONNECT
            answer.set_result(connect(address, timeout=seconds, set_as_default=False))
        except Exception as error:
            answer.set_exception(error)

    threading.Thread(target=try_it, daemon=True).start()
    try:
        return answer.result(SECONDS_TO_CONNECT + SECONDS_TO_PICK_UP)
    except Exception as error:
        problem = " ".join(str(error).split()) or "what listens there does not answer"
        raise ConfigurationError(
            NO_ANSWER.format(address=address, problem=problem.rstrip("."))
        ) from None


class Presence:
    """Who works for a scheduler, asked in the background: a slow answer holds nobody up."""

    def __init__(self, client: Client) -> None:
        self.address = str(client.scheduler.address)
        self._client = client
        self._loop = client.loop.asyncio_loop
        self._asked: Answer[dict[str, Any]] | None = None
        self._heard = time.monotonic()
        self._workers: dict[str, int] | None = None

    def workers(self) -> dict[str, int] | None:
        """Threads by worker, as last heard; None before the first answer.

        ConfigurationError when the scheduler is gone.
        """
        silence = time.monotonic() - self._heard
        if self._client.status != "running" or silence > SECONDS_OF_SILENCE:
            raise ConfigurationError(LOST.format(address=self.address))
        if self._asked is None and (self._workers is None or silence > SECONDS_BETWEEN_LOOKS):
            question = self._client.scheduler.identity(n_workers=-1)
            self._asked = asyncio.run_coroutine_threadsafe(question, self._loop)
        if self._asked is not None and self._asked.done():
            with suppress(OSError, CancelledError):
                self._workers = _at_work(self._asked.result())
                self._heard = time.monotonic()
            self._asked = None
        return self._workers


def _at_work(identity: dict[str, Any]) -> dict[str, int]:
    workers: dict[str, dict[str, Any]] = identity["workers"]
    return {
        address: int(worker["nthreads"])
        for address, worker in workers.items()
        if worker["status"] in ("running", "paused")
    }
