"""Seatbelt, macOS's sandbox: after `restrict`, the process reaches only what the profile names.

Untrusted side, called before a byte of student code runs. UNTRIED: written from public accounts of
`sandbox_init`, never run on a Mac. So the tier counts only if the start-up self-test proves it, and
there is no way to end, clock and limit its processes yet (docs/sandbox.md says what is missing).
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path

LIBRARY = "/usr/lib/libsandbox.1.dylib"
PROFILE_IS_SOURCE = 0

HEAD = """(version 1)
(deny default)
(deny network*)
(deny process-fork)
(deny process-exec*)
(allow signal (target self))
"""
"""What no path changes; fork and exec by name, since profiles that others built on allow them."""


def profile(readable: Sequence[str], folder: str) -> str:
    """Return the profile's source: `readable` may be read, `folder` also written, else nothing.

    Paths must be the real ones (`/private/tmp`, not `/tmp`), for the kernel compares those. Raises
    ValueError for a path that a profile cannot name, or that would open the whole disk.
    """
    lines = [f"(allow file-read* {_filter(path)})" for path in readable]
    if os.devnull in readable:
        lines.append(f"(allow file-write-data (literal {quote(os.devnull)}))")
    lines.append(f"(allow file-read* file-write* (subpath {quote(folder)}))")
    lines.append("(deny file-link)")  # a readable file, linked into the folder, could be changed
    return HEAD + "\n".join(lines) + "\n"


def quote(path: str) -> str:
    """Return a path as a string of the profile language; raises ValueError where none is safe."""
    if not path.isprintable() or not path.startswith("/") or path.strip("/") == "":
        raise ValueError(f"a sandbox profile cannot name the path {path!r}")
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


def restrict(readable: Sequence[str], folder: str) -> None:
    """Confine this process for ever; raises OSError or ValueError, and then nothing may run."""
    source = profile(readable, os.path.realpath(folder)).encode()
    library = ctypes.CDLL(LIBRARY)
    library.sandbox_init.argtypes = [
        ctypes.c_char_p,
        ctypes.c_uint64,
        ctypes.POINTER(ctypes.c_char_p),
    ]
    reason = ctypes.c_char_p()
    if library.sandbox_init(source, PROFILE_IS_SOURCE, ctypes.byref(reason)) != 0:
        said = (reason.value or b"no reason given").decode("utf-8", "replace")
        raise OSError(f"Seatbelt: {said}")


def _filter(path: str) -> str:
    return f"({'subpath' if Path(path).is_dir() else 'literal'} {quote(path)})"
