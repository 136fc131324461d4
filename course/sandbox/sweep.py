"""Removes and measures folders that a hostile process filled: any depth, mode and number.

Both sides use it, on folders whose process has ended (removing) or may still run (measuring).
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path


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


def measure(folder: Path, most_files: int) -> tuple[int, int]:
    """Return (bytes, files and folders) of a tree; counting stops above `most_files`.

    A folder that cannot be looked into, because of its mode or the length of its path, could hold
    anything: it counts as more than `most_files`.
    """
    size = count = 0
    pending = [str(folder)]
    while pending and count <= most_files:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    count += 1
                    status = entry.stat(follow_symlinks=False)
                    size += status.st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
                    if count > most_files:
                        break
        except FileNotFoundError:  # gone meanwhile
            continue
        except OSError:
            return size, most_files + 1
    return size, count
