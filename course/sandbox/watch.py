"""What the judge looks at while a submission runs, beside its clocks. Trusted side.

The kernel's own limits on these things do not hold in every tier and for every user: it counts no
processes of root's, and no files of a folder that the whole machine shares.
"""

from __future__ import annotations

import time

from course.errors import KilledFromOutside
from course.sandbox.clock import Expired, Process
from course.sandbox.room import NO_ROOM
from course.sandbox.warmup import WarmHandle

SECONDS_BETWEEN_INSPECTIONS = 0.25


class Watch:
    """Over one process: the number of its threads, its folder, and the room on the disk."""

    def __init__(self, warm: WarmHandle, process: Process, folder: str) -> None:
        self._warm = warm
        self._process = process
        self.folder = folder
        self._next = 0.0

    def glance(self) -> None:
        """Count threads, see if there is room, and at times `inspect`; raises the same."""
        if self._process.threads() > self._warm.limits.processes:
            raise Expired("processes")
        room = self._warm.room
        if time.monotonic() >= self._next or (room is not None and room.is_short()):
            self._inspect_folder()

    def inspect(self) -> None:
        """Look at everything now; raises Expired, or KilledFromOutside if others fill the disk."""
        self._next = 0.0
        self.glance()

    def _inspect_folder(self) -> None:
        """Refuse a process that fills the disk, or makes files without end."""
        limits, room = self._warm.limits, self._warm.room
        size, files = self._warm.measure(self.folder, self._process)
        if size > limits.folder_bytes or files > limits.folder_files:
            raise Expired("folder")
        if room is not None and room.is_short():
            self._process.kill()
            if not room.is_to_blame():
                raise KilledFromOutside(NO_ROOM)
            raise Expired("folder")
        self._next = time.monotonic() + SECONDS_BETWEEN_INSPECTIONS
