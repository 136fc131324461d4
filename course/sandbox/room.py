"""Whether a submission takes the last room on the disk, where no file system of its own stops it.

Trusted side. What a process writes into a file that it has unlinked is in no folder and can be
counted nowhere, but it is on the disk until the process ends. So is each such file that it has
mapped, some 65,000 at once, and a disk may run out of these before it is full. When the disk runs
short, the process is ended: if room comes back then, it was to blame; if not, it is the grader that
lacks room. That holds while no other submission runs: else what comes back may be what another one
took.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

RESERVE = 1 << 30, 1 << 14
"""Bytes and files that must stay free, or half of what was free at first if that is less."""
SECONDS_TO_RECOVER = 2.0
SECONDS_BETWEEN = 0.02

NO_ROOM = "the disk that holds the temporary folder is full: make room there and grade again"


class Room:
    """The free space of a folder's file system, since this was made: bytes and files.

    Of either as much may go as is `unnoticed` in a submission's folder.

    Whoever begins may find little, which another one has taken just now, or is about to give back:
    then nothing that it took would count. So what was free `before` counts as free at first, unless
    it is not there although nobody else runs.
    """

    def __init__(
        self,
        folder: Path,
        unnoticed: tuple[int, int],
        alone: bool = True,
        before: Room | None = None,
    ) -> None:
        self.folder = folder
        self.unnoticed = unnoticed
        self.alone = alone
        earlier = before.at_first if before is not None else (0, 0)
        self.at_first: tuple[int, ...] = tuple(map(max, self._free(), earlier))
        if self.is_short() and alone and not self.comes_back():
            self.at_first = self._free()

    def is_short(self) -> bool:
        """Whether much less is free than at first (by more than `unnoticed`), and little is."""
        return any(
            free < min(reserve, at_first // 2) and at_first - free > unnoticed
            for free, at_first, reserve, unnoticed in zip(
                self._free(), self.at_first, RESERVE, self.unnoticed, strict=True
            )
        )

    def is_to_blame(self) -> bool:
        """Whether the process that was ended just now is why the disk ran short."""
        return self.alone and self.comes_back()

    def comes_back(self) -> bool:
        """Wait, after a process was ended, until there is room again; False if there is not."""
        end = time.monotonic() + SECONDS_TO_RECOVER
        while self.is_short():
            if time.monotonic() > end:
                return False
            time.sleep(SECONDS_BETWEEN)
        return True

    def _free(self) -> tuple[int, int]:
        """Bytes, and files: 0 of these, first and last, where a file system does not count them."""
        state = os.statvfs(self.folder)
        return state.f_bavail * state.f_frsize, state.f_favail


def is_memory(folder: Path) -> bool:
    """Whether the files in this folder lie in the machine's memory."""
    device = folder.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    with suppress(FileNotFoundError):  # where there is no Linux
        for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
            mount, _, system = line.partition(" - ")
            if mount.split()[2] == number:
                return system.startswith(("tmpfs ", "ramfs "))
    return False
