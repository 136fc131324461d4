"""What a Dask worker is asked to do: keep grading processes, one for each of its threads in use.

Imported by the worker itself, so it is short and opens nothing: whatever depends on the code's
version happens in the grading processes, which are started afresh for every run.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections import defaultdict
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from course.batch import WORKER_DIED
from course.sandbox.isolation import Isolation
from course.submitted import HandedIn
from course.workers import ONE_THREAD, Done

ATTEMPTS = 2
DID_NOT_START = "cannot start a grading process, as its log says"

Fingerprint = dict[str, str]


@dataclass(frozen=True)
class Refused:
    """Why a worker may not grade, as the end of a sentence that begins with its name."""

    reason: str


class GradingProcess:
    """A grading process that was started and has proved its isolation, or `refused`.

    EOFError or OSError from any of its methods: it has ended.
    """

    def __init__(self, wanted: Fingerprint, packed: bytes) -> None:
        ours, theirs = socket.socketpair()
        self._channel: Connection[Any, Any] = Connection(ours.detach())
        with theirs:
            command = [sys.executable, "-P", "-m", "course.cluster.process", str(theirs.fileno())]
            self._process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                env={**os.environ, **ONE_THREAD},
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C at the worker's terminal is the worker's matter
            )
        threading.Thread(target=self._process.wait, daemon=True).start()  # buries it
        self._channel.send(wanted)
        self._channel.send_bytes(packed)
        proved = self._channel.recv()
        self.isolation = proved if isinstance(proved, Isolation) else None
        self.refused = None if self.isolation else Refused(str(proved))

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def grade(self, handed_in: HandedIn) -> Done[Any]:
        """Have one submission graded."""
        self._channel.send(handed_in)
        done: Done[Any] = self._channel.recv()
        return done

    def end(self) -> None:
        """Have it end now, whatever it does; does not wait."""
        self._process.terminate()


class _Graders:
    """The grading processes of this worker, by run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: dict[str, list[GradingProcess]] = defaultdict(list)
        self._all: dict[str, list[GradingProcess]] = defaultdict(list)
        self._ended: set[str] = set()

    def take(self, run: str, wanted: Fingerprint, packed: bytes) -> GradingProcess:
        """An idle process of this run, else a new one."""
        with self._lock:
            while self._idle[run]:
                process = self._idle[run].pop()
                if process.alive:
                    return process
        process = GradingProcess(wanted, packed)
        with self._lock:
            self._all[run] = [each for each in self._all[run] if each.alive] + [process]
            if run in self._ended:
                process.end()
        return process

    def give_back(self, run: str, process: GradingProcess) -> None:
        with self._lock:
            self._idle[run].append(process)

    def end(self, run: str) -> None:
        with self._lock:
            self._ended.add(run)
            self._idle.pop(run, None)
            for process in self._all.pop(run, []):
                process.end()

    def ended(self, run: str) -> bool:
        return run in self._ended


_graders = _Graders()  # for as long as the worker lives: its tasks have no other place in common


def prove(run: str, wanted: Fingerprint, packed: bytes) -> Isolation | Refused:
    """Start a grading process, for what it has proved or why it may not grade."""
    try:
        process = _graders.take(run, wanted, packed)
    except (EOFError, OSError):
        return Refused(DID_NOT_START)
    if process.isolation is None:
        return process.refused or Refused(DID_NOT_START)
    _graders.give_back(run, process)
    return process.isolation


def grade(run: str, wanted: Fingerprint, packed: bytes, handed_in: HandedIn) -> Done[Any] | Refused:
    """Grade one submission. One whose grading process dies gets another; then it is at fault."""
    for _ in range(ATTEMPTS):
        if _graders.ended(run):
            return Refused("was told that the run has ended")
        try:
            process = _graders.take(run, wanted, packed)
            if process.refused:
                return process.refused
            done = process.grade(handed_in)
        except (EOFError, OSError):
            continue
        if done.graded is None or done.worn:
            process.end()  # whatever state it is in; the next submission gets a fresh one
        else:
            _graders.give_back(run, process)
        return done
    return Done(None, WORKER_DIED, WORKER_DIED)


def end(run: str) -> None:
    """End the grading processes of a run; what they were at is lost."""
    _graders.end(run)
