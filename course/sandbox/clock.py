"""Another process seen from outside: its CPU clock, its end, and a kill that hits nobody else.

Trusted side. The clocks are the kernel's, so a submission cannot turn them back; nor does a loaded
machine turn them forward, for time spent waiting for a processor counts on neither.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable, Iterator

from course.sandbox.outcome import Limit
from course.sandbox.stopwatch import WAITED
from course.sandbox.turnstile import Turnstile, delay

LONGEST_WAIT = 0.25
SECONDS_BETWEEN_GLANCES = 0.03
SHORTEST_WAIT = 0.005
LATE = 1.0
"""Seconds after which whoever waits for hundredths of one must have stood still meanwhile."""
WALL_GRACE = 2.0
"""Seconds of waiting after the limit, in which code may stop by itself."""
SECONDS_BETWEEN_REMINDERS = 1.0
LINKS_OF_AN_EMPTY_FOLDER = 2
SECONDS_TO_STOP = 0.5
SECONDS_BETWEEN_LOOKS = 0.0002
CORE_AFTER_NAME = 36
"""The place of the core in what a thread's `stat` says after its name."""
STOPPED_OR_ENDED = (b"T", b"t", b"Z", b"X")
CORES = os.cpu_count() or 1


class Process:
    """A process that is not our child, named by a pidfd."""

    def __init__(self, pid: int, turnstile: Turnstile | None = None) -> None:
        self.pid = pid
        self.turnstile = turnstile
        self._descriptor: int | None = os.pidfd_open(pid)
        self._clock = (~pid << 3) | 2  # clock_getcpuclockid(3), which Python does not offer
        self._ticks = ~pid << 3
        self._cpu = 0.0
        self._delay = 0.0
        self.passed_over = 0.0
        """Seconds that do not count as waiting: it waited for the judge, if for anybody."""
        self._seen: dict[str, tuple[float, float]] = {}
        self._still_since: float | None = None
        try:
            self._statistics: int | None = os.open(f"/proc/{pid}/schedstat", os.O_RDONLY)
        except OSError:  # a kernel without them: then a loaded machine does count
            self._statistics = None
        try:
            self._tasks: int | None = os.open(f"/proc/{pid}/task", os.O_RDONLY | os.O_DIRECTORY)
        except OSError:  # where /proc hides processes; the self-test says so
            self._tasks = None

    def wall(self) -> float:
        """Wall seconds, from an arbitrary start, but those of waiting for a processor or the judge.

        The first are those of the thread that has waited longest: its main one may sleep until
        another has computed what it is to answer. The kernel tells of a wait when it is over; so it
        counts but for what has counted, of whichever thread, since the last one that this thread
        told of.
        """
        found = self._delays_now()
        never = (0.0, self._delay)
        new = {name: each for name, each in found.items() if each > self._seen.get(name, never)[0]}
        for name, seconds in new.items():
            told, counted = self._seen.get(name, never)
            self._delay = max(self._delay, counted + seconds - told)
        self._seen = {
            name: (seconds, self._delay) if name in new else self._seen.get(name, never)
            for name, seconds in found.items()
        }
        return (self._still_since or time.monotonic()) - self._delay - self.passed_over

    def pass_over(self, seconds: float) -> None:
        """Have these seconds not count as waiting."""
        self.passed_over += seconds

    def cpu(self) -> float:
        """CPU seconds of the process so far; after its end, what was read last."""
        with contextlib.suppress(OSError):
            seconds = time.clock_gettime(self._clock)
            if not self.ended():  # else the number may already be another process's
                self._cpu = max(self._cpu, seconds)
        return self._cpu

    def cpu_in_ticks(self) -> float:
        """CPU seconds as the kernel holds them against the process's own limit.

        It charges a whole tick to whoever runs as it comes: who wakes up for each tick alone, and
        sleeps in between, is charged many times what it used. Until its end is buried, also then.
        """
        with contextlib.suppress(OSError):
            return time.clock_gettime(self._ticks)
        return 0.0

    def threads(self) -> int:
        """How many threads it has, by the links of the folder that lists them; 0 if unknown."""
        if self._tasks is None:
            return 0
        try:
            return max(0, os.fstat(self._tasks).st_nlink - LINKS_OF_AN_EMPTY_FOLDER)
        except OSError:
            return 0

    def core(self) -> int | None:
        """The number of the core on which its first thread runs, or ran last; None if unknown."""
        with contextlib.suppress(OSError, TypeError, IndexError):
            return int(self._state(str(self.pid))[CORE_AFTER_NAME])
        return None

    def ended(self, wait: float = 0.0) -> bool:
        """Tell whether the process has ended, or ends within so many seconds."""
        if self._descriptor is None:
            return True
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        return bool(poll.poll(wait * 1000))

    def pause(self) -> None:
        """Stop all of its threads where they are, until `resume`."""
        self._still_since = self._still_since or time.monotonic()
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it run on."""
        if self._still_since is not None:
            self.pass_over(time.monotonic() - self._still_since)
            self._still_since = None
        self._send(signal.SIGCONT)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Have it stand still for a moment in which it runs; whoever pauses goes on pausing.

        The signal takes effect only when one of its threads gets a processor.
        """
        pauses = self._still_since is not None
        self.pause()
        end = time.monotonic() + SECONDS_TO_STOP
        while not self._stands_still() and time.monotonic() < end:
            time.sleep(SECONDS_BETWEEN_LOOKS)
        try:
            if not pauses:  # only now: until then it waited for a processor, if for anything
                self._still_since = time.monotonic()
            yield
        finally:
            if not pauses:
                self.resume()

    def remind(self) -> None:
        """Tell it that it has waited for as long as it may: it stops what it is at, if it will."""
        self._send(WAITED)

    def kill(self) -> None:
        """Kill it and forget it; harmless when repeated."""
        self.cpu()
        self._send(signal.SIGKILL)
        for descriptor in (self._descriptor, self._statistics, self._tasks):
            if descriptor is not None:
                os.close(descriptor)
        self._descriptor = self._statistics = self._tasks = None
        if self.turnstile is not None:
            self.turnstile.close()
            self.turnstile = None

    def _delays_now(self) -> dict[str, float]:
        """How long each of its threads has waited for a processor, by the thread's number.

        Most have only the first one, which is looked at without opening a file.
        """
        delays = {}
        if self._statistics is not None:
            with contextlib.suppress(OSError, IndexError):
                delays[str(self.pid)] = delay(os.pread(self._statistics, 100, 0))
        if self.threads() > 1 and self._tasks is not None:
            for name in os.listdir(self._tasks):  # noqa: PTH208 (no path)
                with contextlib.suppress(OSError, IndexError):
                    delays[name] = delay(self._told(f"{name}/schedstat"))
        return delays

    def _told(self, name: str) -> bytes:
        """What a file among those of its threads says."""
        told = os.open(name, os.O_RDONLY, dir_fd=self._tasks)
        try:
            return os.read(told, 1000)
        finally:
            os.close(told)

    def _stands_still(self) -> bool:
        """Whether each of its threads is stopped, or has ended; True if that cannot be seen."""
        if self._tasks is None:
            return True
        return all(map(self._is_stopped, os.listdir(self._tasks)))  # noqa: PTH208 (no path)

    def _is_stopped(self, thread: str) -> bool:
        try:
            return self._state(thread)[0] in STOPPED_OR_ENDED
        except OSError:
            return True

    def _state(self, thread: str) -> list[bytes]:
        """What a thread's `stat` says after its name, which may be any."""
        return self._told(f"{thread}/stat").rpartition(b") ")[2].split()

    def _send(self, number: signal.Signals) -> None:
        if self._descriptor is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, number)


class Expired(Exception):
    """A limit is passed; `limit` names the one."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit)
        self.limit: Limit = limit


class Deadline:
    """Ends all waiting for one answer: by the process's CPU clock, or at last by the wall clock.

    By that it is reminded first, and again while `WALL_GRACE` lasts.
    """

    def __init__(
        self, process: Process, cpu: float, wall: float, name: Limit, glance: Callable[[], None]
    ) -> None:
        self.process = process
        self.cpu_end = process.cpu() + cpu
        self.reminder = process.wall() + wall
        self.wall_end = self.reminder + WALL_GRACE
        self.name: Limit = name
        self.glance = glance

    def wait(self, descriptor: int, event: int) -> None:
        """Wait until the descriptor is ready; raises `Expired`, or what `glance` raises.

        While the judge itself stands still, as after Ctrl-Z, it waits for nobody; and who waits to
        be let in waits as long as the judge does for a processor.
        """
        poll, turnstile = select.poll(), self.process.turnstile
        poll.register(descriptor, event)
        if turnstile is not None:
            poll.register(turnstile.descriptor, select.POLLIN)
        looked, passed = time.monotonic(), self.process.passed_over
        while True:
            cpu_left = self.cpu_end - self.process.cpu()
            wall_left = self.wall_end - self.process.wall()
            if cpu_left <= 0:
                raise Expired(self.name)
            if wall_left <= 0:
                raise Expired("wall")
            if wall_left <= self.wall_end - self.reminder:
                self.process.remind()
                self.reminder += SECONDS_BETWEEN_REMINDERS
            soonest = min(cpu_left / CORES, wall_left, LONGEST_WAIT)
            end = time.monotonic() + max(soonest, SHORTEST_WAIT)
            while (left := end - time.monotonic()) > 0:
                self.glance()
                delayed = turnstile.delay() if turnstile else 0.0
                ready = [each for each, _ in poll.poll(min(left, SECONDS_BETWEEN_GLANCES) * 1000)]
                took = time.monotonic() - looked - (self.process.passed_over - passed)
                if took > LATE:
                    self.process.pass_over(took)
                elif turnstile and ready == [turnstile.descriptor]:
                    self.process.pass_over(turnstile.delay() - delayed)
                looked, passed = time.monotonic(), self.process.passed_over
                if descriptor in ready:
                    return
