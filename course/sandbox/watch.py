"""What the judge looks at while a submission runs, beside its clocks. Trusted side.

The kernel's own limits on these things do not hold in every tier and for every user: it counts no
processes of root's, and no files of a folder that the whole machine shares.
"""

from __future__ import annotations

import time

from course.errors import KilledFromOutside
from course.sandbox.clock import Expired, Process
from course.sandbox.pace import Pace
from course.sandbox.room import NO_ROOM
from course.sandbox.warmup import WarmHandle

SECONDS_BETWEEN_INSPECTIONS = 0.25
FILES_BETWEEN_COUNTS = 100
"""At least: else who removes each before the next one would have all of them counted each time."""
SECONDS_OF_LETTING_IN = 0.03
"""Of one glance: threads that ask again at once, by turns, would keep the judge from its clocks."""
SECONDS_TO_BE_GONE = 0.005
"""A thread that has ended, and that others do not wait for any more, is counted for a moment."""


class Watch:
    """Over one process: the number of its threads, its folder, and the room on the disk.

    And over the machine's pace, unless no other submission runs.
    """

    def __init__(
        self, warm: WarmHandle, process: Process, folder: str, pace: Pace | None = None
    ) -> None:
        self._warm = warm
        self._process = process
        self._pace = pace
        self._cpu = 0.0
        self.slowed = 0.0
        """CPU seconds that it used while the machine was slow."""
        self.folder = folder
        self._next = 0.0
        self._made = 0

    def glance(self) -> None:
        """Let in who waits, or count threads; see if there is room, and at times `inspect`."""
        self._let_in()
        self._keep_pace()
        if self._process.threads() > self._warm.limits.processes:
            raise Expired("processes")
        room = self._warm.room
        if time.monotonic() >= self._next or (room is not None and room.is_short()):
            self._inspect_folder()

    def inspect(self) -> None:
        """Look at everything now; raises Expired, or KilledFromOutside if others fill the disk."""
        self._next = 0.0
        self.glance()

    def _let_in(self) -> None:
        """Let threads and files be made, one by one as they are asked for, while there may be more.

        A thread that was let in may not have begun when the next one asks, so there may be twice as
        many as are allowed, and no more, however fast they are.
        """
        turnstile, end = self._process.turnstile, time.monotonic() + SECONDS_OF_LETTING_IN
        while turnstile is not None and time.monotonic() < end:
            asked = turnstile.next()
            if asked is None:
                return
            if asked.is_thread:
                self._refuse_too_many_threads()
            else:
                self._made += 1
                if self._made > self._warm.limits.folder_files:
                    self._inspect_folder()
            turnstile.let_in(asked)

    def _keep_pace(self) -> None:
        """Note whether the CPU time since the last glance was used at the machine's usual pace."""
        if self._pace is not None:
            cpu = self._process.cpu()
            # on a core full of its threads the look waits for its turn, and with it every clock
            few = self._process.threads() <= 1
            if self._pace.is_slow(self._process.core) if few else self._pace.is_slow():
                self.slowed += cpu - self._cpu
            self._cpu = cpu

    def _refuse_too_many_threads(self) -> None:
        most = self._warm.limits.processes
        if self._process.threads() >= most:
            time.sleep(SECONDS_TO_BE_GONE)
            if self._process.threads() >= most:
                raise Expired("processes")

    def _inspect_folder(self) -> None:
        """Refuse a process that fills the disk, or makes files without end."""
        limits, room = self._warm.limits, self._warm.room
        size, files = self._warm.measure(self.folder, self._process)
        self._made = min(files, limits.folder_files - FILES_BETWEEN_COUNTS)
        if size > limits.folder_bytes or files > limits.folder_files:
            raise Expired("folder")
        if room is not None and room.is_short():
            self._process.kill()
            if not room.is_to_blame():
                raise KilledFromOutside(NO_ROOM)
            raise Expired("folder")
        self._next = time.monotonic() + SECONDS_BETWEEN_INSPECTIONS
