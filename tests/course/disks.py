"""A real file system that is small, for tests of what happens when it is full."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(place: Path, megabytes: int, files: int = 100_000) -> Iterator[Path]:
    """Mount one over this folder; root alone may, for others the test is skipped."""
    libc = ctypes.CDLL(None, use_errno=True)
    size = f"size={megabytes}m,nr_inodes={files}".encode()
    if libc.mount(b"tmpfs", os.fsencode(place), b"tmpfs", 0, size) != 0:
        pytest.skip(f"no file system can be mounted here: {os.strerror(ctypes.get_errno())}")
    try:
        yield place
    finally:
        libc.umount2(os.fsencode(place), 2)
