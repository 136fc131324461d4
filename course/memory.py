"""How much memory our own process may take for what a student wrote.

Trusted side. Parsers take gigabytes for some texts of few letters, for `import a.a.a.a` of 30,000
parts for one; and while they do, no signal stops them.
"""

from __future__ import annotations

import mmap
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SIZES = Path("/proc/self/statm")
_OF_DATA = 5
"""The place of what can be written and is nobody else's, in pages."""


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """Have whoever asks for this many bytes more than there are by now meet a MemoryError.

    The limit is the whole process's, so only its main thread sets it; and only where the kernel
    says how much there is. May be nested.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if threading.current_thread() is not threading.main_thread() or not _SIZES.exists():
        yield
        return
    most = int(_SIZES.read_text().split()[_OF_DATA]) * resource.getpagesize() + size
    tighter = most if soft == resource.RLIM_INFINITY else min(most, soft)
    resource.setrlimit(resource.RLIMIT_DATA, (tighter, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def is_to_be_had(size: int) -> bool:
    """Whether this machine would give so many bytes more."""
    try:
        mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except OSError:
        return False
    return True
