"""Who grades beside whom on this machine, where a submission may have suffered from another one.

Submissions are graded side by side. Where nothing but the kernel's own counts stands between them
(the disk, in the `landlock` tier), one may be ended for what another did, and nobody can tell. It
is then run once more while no other runs: what happens then is its own doing.

The locks are on folders that no submission can open, and go with whoever holds them: the one in
which all have their temporary folders, and a `queue`, lest who waits to be alone wait for ever.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

SECONDS_ALONE = 60.0
"""So long others wait for certain, and so long whoever wants to be alone waits for others."""
SECONDS_BETWEEN = 0.02


@contextmanager
def beside_others(queue: Path) -> Iterator[None]:
    """Run while others may, but not while one is alone, unless that takes too long."""
    with ExitStack() as queued, ExitStack() as running:
        _lock(queued, queue, fcntl.LOCK_SH, SECONDS_ALONE)
        _lock(running, tempfile.gettempdir(), fcntl.LOCK_SH, 2 * SECONDS_ALONE)
        queued.close()
        yield


@contextmanager
def alone(queue: Path) -> Iterator[float]:
    """Wait until nobody else runs, and keep others from beginning.

    Gives the time, by `time.monotonic`, until which that holds: one that has passed if it does not.
    """
    with ExitStack() as queued, ExitStack() as running:
        _lock(queued, queue, fcntl.LOCK_EX, SECONDS_ALONE)
        is_alone = _lock(running, tempfile.gettempdir(), fcntl.LOCK_EX, SECONDS_ALONE)
        queued.close()
        yield time.monotonic() + SECONDS_ALONE if is_alone else 0.0


def _lock(stack: ExitStack, place: Path | str, kind: int, patience: float) -> bool:
    """Lock a place until the stack is closed; False if others did not let it go for so long."""
    end = time.monotonic() + patience
    with suppress(OSError):
        descriptor = os.open(place, os.O_RDONLY)
        stack.callback(os.close, descriptor)
        while True:
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if time.monotonic() > end:
                    return False
                time.sleep(SECONDS_BETWEEN)
    return False
