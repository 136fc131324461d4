"""Makes temporary folders, measures and removes them, whatever a hostile process put there.

Both sides use it, on folders whose process has ended (removing) or may still run (measuring).
"""

from __future__ import annotations

import fcntl
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SECONDS_UNTIL_LEFT_OVER = 60.0


def make(prefix: str) -> tuple[Path, int]:
    """Make a folder for this user's eyes alone; the descriptor keeps it until it is closed.

    Those of the same prefix that nobody keeps were left by a process that was killed, and go.
    """
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    for old in folder.parent.glob(f"{prefix}*"):
        with suppress(OSError):  # another user's, or gone meanwhile
            if time.time() - old.stat().st_mtime >= SECONDS_UNTIL_LEFT_OVER:
                _remove_unless_kept(old)
    return folder, descriptor


@contextmanager
def made(prefix: str) -> Iterator[Path]:
    """A folder as `make` makes it, removed when it is no longer in use."""
    folder, descriptor = make(prefix)
    try:
        yield folder
    finally:
        remove(folder)
        os.close(descriptor)


def _remove_unless_kept(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        remove(folder)
    finally:
        os.close(descriptor)


def remove(folder: Path) -> None:
    """Remove a tree; a folder within is first moved to the top, so that depth costs nothing."""
    mark = secrets.token_hex(8)
    pending, moved = [folder], 0
    while pending:
        current = pending.pop()
        for entry in list(os.scandir(current)):
            if not entry.is_dir(follow_symlinks=False):
                Path(entry.path).unlink()
                continue
            inner = Path(entry.path)
            inner.chmod(0o700)
            pending.append(inner.rename(folder / f"{mark}{moved}"))
            moved += 1
        if current != folder:
            current.rmdir()
    folder.rmdir()


def is_empty(folder: Path) -> bool:
    """Whether nothing is in a folder, or it is gone."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        return next(entries, None) is None
    return True


def measure(folder: Path, most_files: int) -> tuple[int, int]:
    """Return (bytes, files and folders) of a tree; counting stops above `most_files`.

    A folder that cannot be looked into, because of its mode or the length of its path, could hold
    anything: it counts as more than `most_files`. What is moved meanwhile may be missed, with all
    that it holds: whoever must not hide anything is to stand still.
    """
    size = count = 0
    pending = [str(folder)]
    while pending and count <= most_files:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    count += 1
                    if count > most_files:
                        break
                    with suppress(FileNotFoundError):  # gone meanwhile, and it alone
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
        except FileNotFoundError:
            continue
        except OSError:
            return size, most_files + 1
    return size, count
