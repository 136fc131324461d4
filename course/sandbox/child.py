"""The process of one submission: confines itself, then runs cells and answers calls.

Untrusted side: from the first cell on, student code may change anything in here, so the judge
treats every answer as a claim. The answers are described in docs/wire.md.
"""

from __future__ import annotations

import os
import random
import socket
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy import geterr, seterr  # as they are before a student takes NumPy apart

from course.sandbox import confine, figures, landlock, seatbelt, wire
from course.sandbox import shell as shells
from course.sandbox.channel import Channel, Closed
from course.sandbox.limits import Limits
from course.sandbox.stopwatch import Stopwatch

CHANNEL = 3
HELLO = b"!"
"""Before the first frame: with it the kernel says who sends, and a descriptor may come."""
SEED = 0
DESCRIBE_SECONDS = 0.2
RUN_LIMITS = {"cpu": "cell_cpu", "wall": "wall", None: None}


def take_descriptors(channel: socket.socket) -> socket.socket:
    """Keep the channel as descriptor 3 and nothing else; 0 to 2 lead nowhere."""
    os.dup2(os.open(os.devnull, os.O_RDWR), CHANNEL + 1)
    end = os.dup(channel.detach())
    for number in (0, 1, 2):
        os.dup2(CHANNEL + 1, number)
    os.dup2(end, CHANNEL)
    os.closerange(CHANNEL + 1, os.sysconf("SC_OPEN_MAX"))
    return socket.socket(fileno=CHANNEL)


def introduce(end: socket.socket, asking: list[bytes], call: int) -> None:
    """Say the first word, and hand over the descriptor at which the kernel asks on its behalf."""
    listener = confine.ask(asking[0], call) if asking else None
    if listener is None:
        end.send(HELLO)
    else:
        socket.send_fds(end, [HELLO], [listener])
        os.close(listener)


def confine_self(settings: dict[str, Any], folder: str) -> dict[str, Any]:
    """Apply the layers that the judge asked for and return them; an error means: do not run."""
    layers = settings["layers"]
    in_force: dict[str, Any] = {"layers": list(layers), "landlock_abi": 0}
    os.setsid()
    os.chdir(folder)
    limits = Limits.from_dict(settings["limits"])
    if "rlimits" in layers:
        confine.set_limits(limits, count_processes="bwrap" in layers)
        confine.take_small_pages()
    confine.die_with_parent()
    if "landlock" in layers:
        in_force["landlock_abi"] = landlock.restrict(settings["readable"], [folder])
    if "seatbelt" in layers:
        seatbelt.restrict(settings["readable"], folder)
    if "seccomp" in layers:
        confine.filter_system_calls(settings["filters"])
    return in_force


def settle(folder: str) -> None:
    """Make the process look the same to every submission: folder, environment, random numbers."""
    os.environ["HOME"] = os.environ["TMPDIR"] = folder
    for name in [name for name in os.environ if name.startswith(("PYTHON", "IPYTHON"))]:
        del os.environ[name]
    tempfile.tempdir = None
    sys.argv[:] = ["notebook"]
    sys.path.insert(0, "")
    random.seed(SEED)
    np.random.seed(SEED)
    entropy = random.Random(SEED)
    # `default_rng()` without a seed draws from here
    cast(Any, np.random.bit_generator).randbits = entropy.getrandbits


class Service:
    """Answers the judge's requests, one at a time: (number, outcome, what came of it)."""

    def __init__(self, shell: shells.Shell, channel: Channel, limits: Limits) -> None:
        self.shell = shell
        self.channel = channel
        self.limits = limits
        self.stopwatch = Stopwatch()
        self.marks: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
        self.verbs: dict[str, Callable[..., tuple[str, Any]]] = {
            "files": self.files,
            "run": self.run,
            "call": self.call,
            "watch": self.watch,
            "get": self.get,
            "mark": self.mark,
            "recall": self.recall,
        }

    def serve(self) -> None:
        """Answer until the judge closes the channel."""
        while True:
            try:
                number, verb, cpu, wall, arguments = self.channel.receive()
            except Closed:
                return
            self.channel.send_frame(self.answer(number, verb, cpu, wall, arguments))

    def answer(
        self, number: int, verb: str, cpu: float, wall: float, arguments: tuple[Any, ...]
    ) -> tuple[bytes, bytes]:
        """Do what is asked, encoding included, in time; whatever is raised becomes an answer."""
        frame, failure = None, None
        try:
            try:
                self.stopwatch.start(cpu, wall)
                frame = self.encode(number, *self.verbs[verb](*arguments))
            finally:
                self.stopwatch.stop()
        except BaseException as error:
            failure = error
            self.stopwatch.stop()  # which itself may have been stopped
        if self.stopwatch.expired and verb != "run":
            return self.encode(number, "limit", self.stopwatch.expired)
        if frame is not None:
            return frame
        return self.encode(number, "error", failure and self.describe(failure))

    def encode(self, number: int, outcome: str, content: Any) -> tuple[bytes, bytes]:
        """Encode an answer; objects that the wire does not carry are described."""
        answer = (number, outcome, content)
        return wire.encode(answer, opaque=True, body_bytes=self.limits.frame_bytes)

    def describe(self, error: BaseException) -> tuple[str, str, str]:
        """Describe an error in little time, whatever its `__str__` does."""
        watch = Stopwatch()
        try:
            try:
                watch.start(DESCRIBE_SECONDS)
                return shells.describe_error(error, self.limits.error_chars)
            finally:
                watch.stop()
        except BaseException:
            watch.stop()
            return type(error).__name__[:100], "", ""

    def files(self, files: dict[str, bytes]) -> tuple[str, Any]:
        """Put the lab's data files into the working folder."""
        for name, data in files.items():
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return "value", None

    def run(self, source: str, draw: bool) -> tuple[str, Any]:
        """Run a cell; its error is part of the answer."""
        recorder = self.shell.recorder
        shells.redirect(recorder)
        recorder.start(draw)
        error: BaseException | None
        try:
            error = shells.run_cell(self.shell, source)
        except BaseException as raised:
            error = raised
        self.stopwatch.stop()
        limit = RUN_LIMITS.get(self.stopwatch.expired) or recorder.limit
        if isinstance(error, MemoryError):
            limit = "memory"
        described = None if error is None else self.describe(error)
        figures.discard_all()
        return "value", ([tuple(item) for item in recorder.finish()], described, limit)

    def call(self, name: str, arguments: tuple[Any, ...]) -> tuple[str, Any]:
        """Call a function of the notebook; what it prints or draws is dropped."""
        if name not in self.shell.user_ns:
            return "undefined", name
        shells.redirect(self.shell.recorder)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = self.shell.user_ns[name](*arguments)
        figures.discard_all()
        return "value", value

    def watch(self, name: str, arguments: tuple[Any, ...]) -> tuple[str, Any]:
        """Call, and return the arguments as they are afterwards too."""
        outcome, value = self.call(name, arguments)
        return outcome, (value, arguments) if outcome == "value" else value

    def get(self, name: str) -> tuple[str, Any]:
        """Look up a name of the notebook."""
        if name not in self.shell.user_ns:
            return "undefined", name
        return "value", self.shell.user_ns[name]

    def mark(self, place: str) -> tuple[str, Any]:
        """Keep the names of the notebook, and what NumPy makes of overflow, as they are here."""
        self.marks[place] = dict(self.shell.user_ns), dict(geterr())
        return "value", None

    def recall(self, place: str) -> tuple[str, Any]:
        """Give the names back what they named at that place; functions look them up in here."""
        names, (kept, errors) = self.shell.user_ns, self.marks[place]
        seterr(**errors)
        names.update(kept)  # never empty: a profiler that the student left looks its names up, too
        for name in names.keys() - kept.keys():
            del names[name]
        return "value", None


def main(
    channel_socket: socket.socket, settings: dict[str, Any], folder: str, shell: shells.Shell
) -> None:
    """Confine this process, say so, and serve; when a layer fails, say that and serve nothing."""
    limits = Limits.from_dict(settings["limits"])
    channel = Channel(take_descriptors(channel_socket), limits.frame_bytes)
    introduce(channel.socket, settings["asking"], settings["seccomp"])
    try:
        settle(folder)
        in_force = confine_self(settings, folder)
    except Exception as error:
        channel.send({"pid": os.getpid(), "failed": f"{type(error).__name__}: {error}"[:500]})
        return
    channel.send({"pid": os.getpid(), "folder": Path(folder).name, **in_force})
    shells.redirect(shell.recorder)
    Service(shell, channel, limits).serve()
