"""Starts one warm process and speaks its control protocol. Trusted side."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from course.errors import GraderFault, KilledFromOutside
from course.sandbox import confine, credentials, kills, prime, sweep, view
from course.sandbox.channel import Channel, Closed
from course.sandbox.clock import Process
from course.sandbox.isolation import Isolation
from course.sandbox.limits import Limits
from course.sandbox.room import NO_ROOM, Room
from course.sandbox.turnstile import Turnstile
from course.sandbox.warm import OPEN, SEALED, TELL
from course.sandbox.wire import ProtocolError

START_SECONDS = 60.0
STOP_SECONDS = 10.0
MILLISECONDS_TO_SEE_AN_END = 100
END = b"end"
NO_FILTERS: Mapping[str, Any] = {"filters": [], "seal": [], "asking": [], "words": [], "seccomp": 0}
TOO_SLOW = f"the process from which submissions are forked did not start in {START_SECONDS:g} s"
PREFIX = "course-sandbox-"
UNHELD = (
    "the judge holds the processes of submissions by what only Linux has (pidfd, credentials on"
    " sockets, a limit on address space)"
)


class WarmEnded(Exception):
    """The warm process is gone or does not answer."""


class WarmHandle:
    """A warm process; made by starting it, ready when `wait` returns, ended by `close`."""

    def __init__(self, isolation: Isolation, limits: Limits, packages: Sequence[str]) -> None:
        if not sys.platform.startswith("linux"):
            raise GraderFault(UNHELD)
        self.isolation = isolation
        self.limits = limits
        self._packages = packages
        self.folder_on_disk: Path | None = None
        self.room: Room | None = None
        self._file_system: int | None = None
        self._files_at_first: dict[str, int] = {}  # when each child was forked
        self._kept: int | None = None
        self._running: Process | None = None
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `close`)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                self._process = self._start(theirs)
            self._control.settimeout(START_SECONDS)
            self._control.send(json.dumps(self._settings).encode())
        except OSError as error:
            self._give_up(error)

    def wait(self) -> None:
        """Wait until it is ready; raises GraderFault when it does not get there."""
        if self._file_system is not None:
            return
        try:
            message, self._file_system = credentials.with_descriptor(self._control)
            if message != b"ready" or self._file_system is None:
                raise OSError("it ended while starting")
            self._control.settimeout(STOP_SECONDS)
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> NoReturn:
        """End what does not start, and say why it does not."""
        reason = self._last_error or str(error)
        killed = self._was_killed()
        self.close()
        if killed:
            whom = "from which submissions are forked"
            raise KilledFromOutside(kills.KILLED.format(whom)) from None
        if error.errno in (errno.ENOSPC, errno.EDQUOT):  # perhaps another submission filled it
            raise KilledFromOutside(NO_ROOM) from None
        if isinstance(error, TimeoutError):  # perhaps others' threads had the processors
            raise KilledFromOutside(TOO_SLOW) from None
        raise GraderFault(f"the warm process does not start: {reason}") from None

    def _start(self, theirs: socket.socket) -> subprocess.Popen[bytes]:
        prime.prime()
        readable = view.readable_paths()
        command = view.warm_command(theirs.fileno())
        if "bwrap" in self.isolation.layers:
            folder = view.FOLDER_IN_BWRAP
            command = [*view.bwrap_command(readable, self.limits), *command]
        else:
            self.folder_on_disk, self._kept = sweep.make(PREFIX)
            folder = str(self.folder_on_disk)
            (self.folder_on_disk / "home").mkdir()
            for path in view.font_lists():
                shutil.copy(path, self.folder_on_disk / "home")
        self._settings: dict[str, Any] = {
            "layers": self.isolation.layers,
            "limits": self.limits.to_dict(),
            "packages": self._packages,
            "readable": readable,
            "folder": folder,
            **self._filters(),
        }
        return subprocess.Popen(
            command,
            pass_fds=[theirs.fileno()],
            env=view.environment(),
            stdin=subprocess.DEVNULL,
            stdout=self._errors,
            stderr=self._errors,
            cwd="/",
            start_new_session=True,
        )

    def _filters(self) -> dict[str, Any]:
        """Compile the system-call filters; raises OSError where libseccomp is missing."""
        if "seccomp" not in self.isolation.layers:
            return dict(NO_FILTERS)
        try:
            from course.sandbox.filter import to_install
        except (ImportError, RuntimeError) as error:  # pyseccomp, or the library that it needs
            raise OSError(f"no system-call filter: {error}") from None
        return to_install()

    def fork(self, seconds: float, *, sealed: bool) -> tuple[Channel, Process, dict[str, Any]]:
        """Fork a confined child; raises WarmEnded, or GraderFault when a layer fails in it."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        credentials.demand(ours)
        end = time.monotonic() + seconds

        def wait(descriptor: int, event: int) -> None:
            poll = select.poll()
            poll.register(descriptor, event)
            if not poll.poll(max(0.0, end - time.monotonic()) * 1000):
                raise TimeoutError("no answer")

        channel = Channel(ours, self.limits.frame_bytes, wait)
        try:
            with theirs:
                socket.send_fds(self._control, [SEALED if sealed else OPEN], [theirs.fileno()])
            wait(ours.fileno(), select.POLLIN)
            pid = credentials.pid_of_sender(ours)
            _, asks = credentials.with_descriptor(ours, 1)
            turnstile = None if asks is None else Turnstile(asks, self._settings["thread"])
            process = Process(pid, turnstile)
            hello = channel.receive()
        except (OSError, Closed, ProtocolError) as error:
            channel.close()
            raise WarmEnded(self._last_error or str(error)) from None
        if hello.get("layers") != list(self.isolation.layers):
            process.kill()
            channel.close()
            self.bury(hello["pid"])
            raise GraderFault(
                f"the confinement failed: {hello.get('failed', 'layers are missing')}"
            )
        self._files_at_first[hello["folder"]] = self._files()
        self.let_run(process)
        return channel, process, hello

    def let_run(self, process: Process) -> None:
        """Let this child run, and have the one that ran before stand still meanwhile.

        Nobody looks at a child that is not asked, and what it did then would cost the other one.
        """
        if process is not self._running:
            if self._running is not None:
                self._running.pause()
            self._running = process
            process.resume()

    def let_none_run(self) -> None:
        """Have the child that runs stand still until it is let run again.

        Nobody looks at it while its answer is read and judged, or another child is forked: the
        threads and files that it made meanwhile would be without number.
        """
        if self._running is not None:
            self._running.pause()
            self._running = None

    def refuse_if_ended(self) -> None:
        """Raise KilledFromOutside if the warm process is gone, which its children do not survive.

        It may be seen a moment after they are: so this waits a little before it is content.
        """
        poll = select.poll()
        if self._control.fileno() >= 0:
            poll.register(self._control, 0)  # the end is told unasked
            if not poll.poll(MILLISECONDS_TO_SEE_AN_END):
                return
        raise KilledFromOutside(
            "the process from which submissions are forked ended, and this submission with it"
        )

    def refuse_if_killed(self, pid: int, ticks: float, *, alone: bool) -> None:
        """Bury a child that has ended; raises KilledFromOutside unless that was its own doing."""
        told = self._tells(pid)
        if told is not None and "seccomp" in self.isolation.layers:
            most = confine.most_cpu(self.limits)
            kills.refuse(*told, ticks, most, alone=alone)

    def _tells(self, pid: int) -> tuple[int, float] | None:
        """Have a child buried after those before it: its wait status and the CPU seconds it used.

        A late answer is another's. None when nobody answers: `refuse_if_ended` tells.
        """
        try:
            self._control.send(TELL + str(pid).encode())
            of, status, cpu = self._control.recv(100).split()
            while int(of) != pid:
                of, status, cpu = self._control.recv(100).split()
            return int(status), float(cpu)
        except (OSError, ValueError):
            return None

    def _was_killed(self) -> bool:
        """Whether the process that was started has ended by another's hand; waits a little."""
        process = getattr(self, "_process", None)
        if process is None:
            return False
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(MILLISECONDS_TO_SEE_AN_END / 1000)
        return kills.is_outsiders(process.returncode or 0)

    def measure(self, folder: str, process: Process) -> tuple[int, int]:
        """Return (bytes, files) of a submission's folder.

        The process stands still meanwhile: what it moves to and fro would be counted nowhere.
        bubblewrap's file system limits its bytes by itself but not its files, which take memory of
        the kernel's that counts nowhere. It holds what every child made: those of one that stands
        still were there before, and those of one that has ended go before it counts.
        """
        if self.folder_on_disk is not None:
            path = self.folder_on_disk / folder
            if sweep.is_empty(path):
                return 0, 0
            with process.held():
                return sweep.measure(path, self.limits.folder_files)
        before = self._files_at_first[folder]
        if self._files() - before > self.limits.folder_files:
            self._tells(0)  # when all that were to be buried are
        return 0, self._files() - before

    def _files(self) -> int:
        if self._file_system is None:  # closed meanwhile
            return 0
        state = os.fstatvfs(self._file_system)
        return state.f_files - state.f_ffree

    def bury(self, pid: int) -> None:
        """Have the warm process bury a child that was killed, unless it is itself gone."""
        with contextlib.suppress(OSError):
            if pid:
                self._control.send(str(pid).encode())

    def close(self) -> None:
        """End the warm process, which ends its children, and remove its folder."""
        with contextlib.suppress(OSError):
            self._control.send(END)  # not the end of file alone: a fork of ours may hold a copy
        self._control.close()
        process = getattr(self, "_process", None)
        if process is not None:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self.folder_on_disk is not None and self.folder_on_disk.exists():
            sweep.remove(self.folder_on_disk)
        for descriptor in (self._kept, self._file_system):
            if descriptor is not None:
                os.close(descriptor)
        self._kept = self._file_system = None
        self._errors.close()

    @property
    def _last_error(self) -> str:
        """The last line that the warm process printed: why it failed."""
        if self._errors.closed:
            return ""
        self._errors.seek(0)
        lines = self._errors.read(1 << 16).decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:300] if lines else ""
