"""Where the grader's time goes: one submission after another in this process, each step timed.

CPU seconds, of this process for the judge's steps and of the submission's process (by the kernel's
account) for cells and figures; forking alone, which happens in between, is timed by the wall clock.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench.samples import Class
from course import grading, store
from course.config import Settings
from course.gradebook import Gradebook
from course.grading import Graded, Grader
from course.lab import Lab
from course.reports.notebook import render
from course.sandbox import host, wire
from course.sandbox.forks import WarmProcess
from course.sandbox.host import Child
from course.sandbox.isolation import Isolation

Steps = dict[str, float]
MIB = 1 << 20


class Stopwatch:
    """CPU seconds by step; a step inside another is not counted twice."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._inside: list[str] = []
        self._since = time.thread_time()

    def _switch(self) -> None:
        now = time.thread_time()  # a process's goes by ticks while a timer counts it
        if self._inside:
            self.seconds[self._inside[-1]] += now - self._since
        self._since = now

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count what happens in here under this name."""
        self._switch()
        self._inside.append(name)
        try:
            yield
        finally:
            self._switch()
            self._inside.pop()

    @contextmanager
    def patched(self, owner: Any, function: str, name: str) -> Iterator[None]:
        """Count every call of a function under this name."""
        original: Callable[..., Any] = getattr(owner, function)

        def counted(*arguments: Any, **named: Any) -> Any:
            with self.step(name):
                return original(*arguments, **named)

        setattr(owner, function, counted)
        try:
            yield
        finally:
            setattr(owner, function, original)


def break_down(of: Class, students: int, folder: Path) -> tuple[Steps, float]:
    """Of one submission: CPU milliseconds of each step, peak memory of its own (MiB); medians."""
    chosen = of.students[:students]
    drawn, peak = _grade(of, of.drawn, chosen, folder)
    bare, _ = _grade(of, of.not_drawn, chosen, folder)
    steps = {name: 1000 * median(each[name] for each in drawn) for name in drawn[0]}
    steps["cells"] = 1000 * median(each["cells"] for each in bare)
    steps["figures"] = max(0.0, 1000 * median(each["cells"] for each in drawn) - steps["cells"])
    confined, open_ = (_fork(of, isolated) for isolated in (True, False))
    steps["confine"] = max(0.0, 1000 * (confined - open_))
    steps["fork"] = 1000 * open_
    return steps, peak


def _grade(
    of: Class, settings: Settings, students: tuple[str, ...], folder: Path
) -> tuple[list[Steps], float]:
    lab = Lab.load(settings, of.lab)
    measured: list[Steps] = []
    peaks = []
    names = ("repair", "cells", "checks", "wire", "record", "gradebook", "notebook", "store")
    with (
        Grader(settings, lab) as grader,
        store.opened(folder / "autograded", of.lab) as folders,
        Gradebook(settings) as gradebook,
    ):
        gradebook.register(lab)
        for student in students:
            path = settings.folder("submitted") / student / of.lab / f"{of.lab}.ipynb"
            data = path.read_bytes()
            watch = Stopwatch()
            used, peak = _Used(), Memory()
            with _steps(watch), used.watching(peak):
                graded = grader.grade(student, data)
                _store(watch, graded, settings, folders, gradebook)
            peaks.append(peak.most / MIB)
            watch.seconds["cells"] = used.cells
            watch.seconds["checks"] += used.checks
            measured.append({name: watch.seconds[name] for name in names})
    return measured, median(peaks)


@contextmanager
def _steps(watch: Stopwatch) -> Iterator[None]:
    with (
        watch.patched(grading, "opened", "repair"),
        watch.patched(Grader, "_judge", "checks"),
        watch.patched(Grader, "_record", "record"),
        watch.patched(wire, "encode", "wire"),
        watch.patched(host, "decode", "wire"),
        watch.patched(host, "read_run", "wire"),
    ):
        yield


def _store(
    watch: Stopwatch, graded: Graded, settings: Settings, folders: store.Store, gradebook: Gradebook
) -> None:
    record = graded.record
    with watch.step("notebook"):
        notebook = render(graded, settings)
    with watch.step("record"):
        text = record.to_json()
    with watch.step("store"):
        folders.put(record.student, {f"{record.lab}.ipynb": notebook, "record.json": text})
    with watch.step("gradebook"):
        gradebook.store(record, notebook)


class _Used:
    """CPU seconds of submissions' processes: until the first check is asked, and afterwards."""

    def __init__(self) -> None:
        self.cells = 0.0
        self.checks = 0.0

    @contextmanager
    def watching(self, peak: Memory) -> Iterator[None]:
        original_renew, original_close, original_run = Child.renew_budget, Child.close, Child.run
        at: dict[int, float] = {}

        def renew(child: Child) -> None:
            at[id(child)] = child.cpu
            original_renew(child)

        def run(child: Child, *source: Any, **how: Any) -> Any:
            with peak.sampling(child._process.pid):
                return original_run(child, *source, **how)

        def close(child: Child) -> None:
            cpu = child.cpu
            cells = at.pop(id(child), cpu)
            self.cells += cells
            self.checks += cpu - cells
            original_close(child)

        patches = {"renew_budget": renew, "close": close, "run": run}
        for name, function in patches.items():
            setattr(Child, name, function)
        try:
            yield
        finally:
            originals = {"renew_budget": original_renew, "close": original_close}
            for name, function in {**originals, "run": original_run}.items():
                setattr(Child, name, function)


class Memory:
    """The most memory that a submission's processes had for themselves at once: bytes.

    Pages shared with no other process (`Private_*`), not the proportional share (`Pss`): that
    charges a submission alone with half of its warm process, and with less the more there are.
    """

    def __init__(self) -> None:
        self.most = 0
        self._pids: set[int] = set()  # one that waits keeps its memory

    @contextmanager
    def sampling(self, pid: int) -> Iterator[None]:
        """Look every few milliseconds until the cell has ended, and once more then."""
        done = threading.Event()
        self._pids.add(pid)

        def look() -> None:
            while not done.wait(0.02):
                self._look()

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
            self._look()

    def _look(self) -> None:
        self.most = max(self.most, 1024 * sum(map(self._own, tuple(self._pids))))

    def _own(self, pid: int) -> int:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:  # gone, or (for an ordinary user) not ours to look into
            self._pids.discard(pid)
            return 0
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def _fork(of: Class, isolated: bool) -> float:
    """Median wall seconds from asking for a process to its first word."""
    with Grader(of.drawn, Lab.load(of.drawn, of.lab)) as grader:
        isolation = grader.isolation if isolated else Isolation.of_tier("none")
    seconds = []
    with WarmProcess(isolation, of.drawn.limits) as warm:
        for _ in range(12):
            start = time.perf_counter()
            with warm.fork():
                seconds.append(time.perf_counter() - start)
    return median(seconds)
