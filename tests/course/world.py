"""Everything outside of a submission that an attack could change, and a look at it.

`World` is a course of its own with a home, a folder for temporary files, a gradebook, another
student's work, a process and sockets that must be left alone, all below one folder. Places that
the whole machine shares change for reasons of their own; there, a submission of the zoo gives what
it leaves behind the name `mallory`, and that name is looked for.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from test_sandbox_leftovers import alive, descendants

ROOT = Path(__file__).parents[2]
COURSE = ("source", "release", "tests/lab1", "course_config.py", "nbgrader_config.py")
SHARED = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/", str(ROOT), str(Path.home()))
TRACKED = ("course", "tests", "source", "release")
NAME = "mallory"
PR_SET_CHILD_SUBREAPER = 36

CANARY = "this text must not be read"
SETTLE_SECONDS = 10.0


class World:
    """A private course and the canaries around it; use `made` to get one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.course, self.home, self.temporary = (folder / n for n in ("course", "home", "tmp"))
        for place in (self.course, self.home, self.temporary):
            place.mkdir()
        for name in COURSE:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            (self.course / name).parent.mkdir(exist_ok=True)
            copy(ROOT / name, self.course / name)
        for name in ("source", "release"):
            _without_pictures(self.course / name / "lab1" / "lab1.ipynb")
        other = self.course / "submitted" / "anna" / "lab1"
        other.mkdir(parents=True)
        for secret in (
            other / "lab1.ipynb",
            self.course / "gradebook.db",
            self.home / ".netrc",
            self.temporary / "notes",
        ):
            secret.write_text(CANARY)
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(self.tcp.getsockname())
        self.unix = socket.socket(socket.AF_UNIX)
        self.unix.bind(str(folder / "socket"))
        self.unix.listen()
        self.datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.datagrams.bind(str(folder / "datagrams"))
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract.bind(f"\0{NAME}-{os.getpid()}")
        self.abstract.listen()
        self.sockets = (self.tcp, self.udp, self.unix, self.datagrams, self.abstract)
        self.victim = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])

    @property
    def places(self) -> dict[str, object]:
        """What `<name>` in a submission stands for."""
        return {
            "course": self.course,
            "home": self.home,
            "tmp": self.temporary,
            "repository": ROOT,
            "port": self.tcp.getsockname()[1],
            "socket": self.folder / "socket",
            "datagrams": self.folder / "datagrams",
            "abstract": f"{NAME}-{os.getpid()}",
            "grader": os.getpid(),
            "victim": self.victim.pid,
        }

    def look(self) -> dict[str, Any]:
        """All that must be the same after a submission as before it."""
        family = descendants(os.getpid())
        return {
            "files": _files(self.folder),
            "tracked": {name: _files(ROOT / name) for name in TRACKED},
            "libraries": sorted(path.name for path in Path(np.__file__).parents[1].iterdir()),
            "named": [path for place in SHARED for path in _named(Path(place))],
            "processes": family,
            "victim": alive({self.victim.pid}) == {self.victim.pid},
            "knocks": [_knocked(each) for each in self.sockets],
            "listening": _listening(family),
            "descriptors": [_descriptors(pid) for pid in sorted(family)],
            "shared memory": [_shared_memory(kind, family) for kind in ("shm", "sem", "msg")],
            "grader": _grader(),
        }

    def settled(self) -> dict[str, Any]:
        """A look at a moment at which nobody is still being buried."""
        before = self.look()
        while True:
            time.sleep(0.3)
            if (now := self.look()) == before:
                return now
            before = now

    def changes(self, before: dict[str, Any]) -> dict[str, Any]:
        """What is no longer as it was; the warm process has a moment to bury who has ended."""
        end = time.monotonic() + SETTLE_SECONDS
        while (now := self.look()) != before and time.monotonic() < end:
            time.sleep(0.1)
        return {name: (was, now[name]) for name, was in before.items() if was != now[name]}

    def close(self) -> None:
        """End the canaries."""
        self.victim.kill()
        self.victim.wait()
        for each in self.sockets:
            each.close()


@contextlib.contextmanager
def made(folder: Path) -> Iterator[World]:
    """A world in which this process lives: home and temporary files are its own.

    Orphans become children of this process, so that whoever gets away is seen.
    """
    libc = ctypes.CDLL(None)
    fonts = os.environ.get("MPLCONFIGDIR", str(Path.home() / ".cache" / "matplotlib"))
    world = World(folder)
    replaced = {
        "HOME": str(world.home),
        "TMPDIR": str(world.temporary),
        "MPLCONFIGDIR": fonts,
        "COURSE_ZOO_SECRET": CANARY,
    }
    before = {name: os.environ.get(name) for name in replaced}
    os.environ.update(replaced)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
    old, tempfile.tempdir = tempfile.tempdir, str(world.temporary)
    try:
        yield world
    finally:
        tempfile.tempdir = old
        libc.prctl(PR_SET_CHILD_SUBREAPER, 0)
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)
        world.close()


def _without_pictures(path: Path) -> None:
    """Take out the given cells that draw: they take most of a submission's time."""
    notebook = json.loads(path.read_text())
    names = [cell["metadata"].get("nbgrader", {}).get("grade_id", "") for cell in notebook["cells"]]
    kept = [
        cell
        for cell, name in zip(notebook["cells"], names, strict=True)
        if not name.startswith(("plot_", "check_gradient", "lecture_half"))
    ]
    path.write_text(json.dumps({**notebook, "cells": kept}))


def _files(folder: Path) -> dict[str, tuple[int, ...]]:
    """Every file and folder with what a change of any kind would change."""
    found: dict[str, tuple[int, ...]] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in (*folders, *names):
            path = f"{place}/{name}"
            with contextlib.suppress(FileNotFoundError):
                status = os.lstat(path)
                times = (status.st_mtime_ns, status.st_ctime_ns, status.st_size)
                is_file = name in names
                found[path] = (status.st_mode, status.st_ino, *(times if is_file else ()))
    return found


def _named(place: Path) -> list[str]:
    with contextlib.suppress(OSError):
        return [str(path) for path in place.iterdir() if NAME in path.name]
    return []


def _knocked(canary: socket.socket) -> bool:
    """Whether anybody connected or sent something."""
    canary.setblocking(False)
    try:
        canary.recv(1) if canary.type == socket.SOCK_DGRAM else canary.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def _descriptors(pid: int) -> list[str]:
    """What a process has open; of a process that is not dumpable only root sees it."""
    found = []
    with contextlib.suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # the one that lists them
                found.append(f"{entry.name} {entry.readlink()}")
    return sorted(found)


def _listening(family: set[int]) -> list[str]:
    """The sockets of these processes that others could connect to, in whatever network they are."""
    inodes, networks = set(), {}
    for pid in family:
        inodes |= {line.partition("socket:[")[2].rstrip("]") for line in _descriptors(pid)} - {""}
        with contextlib.suppress(OSError):
            networks[str(Path(f"/proc/{pid}/ns/net").readlink())] = pid
    found = []
    for pid in networks.values():
        for table in ("tcp", "tcp6", "udp", "udp6", "unix"):
            with contextlib.suppress(OSError):
                for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
                    words = line.split()
                    if inodes & set(words) and (table != "unix" or len(words) > 7):
                        found.append(f"{table} {words[1]} {words[-1]}")
    return sorted(found)


def _shared_memory(kind: str, family: set[int]) -> list[str]:
    """System V objects but for those of strangers who are alive."""
    found = []
    with contextlib.suppress(OSError):
        head, *lines = Path(f"/proc/sysvipc/{kind}").read_text().splitlines()
        maker = head.split().index("cpid") if "cpid" in head else None
        for line in lines:
            pid = int(line.split()[maker]) if maker is not None else 0
            if pid in family or not alive({pid}):
                found.append(" ".join(line.split()[:2]))
    return found


def _grader() -> list[Any]:
    """What a process can have changed about it."""
    limits = [resource.getrlimit(kind) for kind in range(resource.RLIMIT_NOFILE + 1)]
    handlers = [signal.getsignal(each) for each in signal.valid_signals()]
    environment = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}
    return [Path.cwd(), environment, limits, handlers, os.nice(0), sorted(os.sched_getaffinity(0))]
