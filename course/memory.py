"""How much memory our own process may take for what a student wrote.

Trusted side. Parsers take gigabytes for some texts of few letters, for `import a.a.a.a` of 30,000
parts for one; and while they do, no signal stops them.
"""

from __future__ import annotations

import mmap
import resource
import threading
from contextlib import AbstractContextManager
from pathlib import Path

_SIZES = Path("/proc/self/statm")
_RESIDENT, _SHARED, _OF_DATA = 1, 2, 5
"""The places, all in pages, of what is in memory, what of it comes from files or is others', too,
and what can be written and is nobody else's, in memory or not.
"""

NOT_PARSED = (MemoryError, SystemError, SyntaxError, ValueError, RecursionError)
"""What the parser raises, for want of memory, too, whichever it is.

It goes on without what it had no memory for: `a: int = 3` then lacks its target, which is a
ValueError, and a function its colon. A SystemError is Python's word for a function that is called
although it has failed by then: the parser asks for the usual form of a name beyond ASCII.
"""


def at_most(size: int) -> AbstractContextManager[None]:
    """Have whoever asks for this many bytes more than there are by now meet a MemoryError.

    The limit is the whole process's, so only its main thread sets it; and only where the kernel
    says how much there is. May be nested.
    """
    return _Limit(size)


class _Limit(AbstractContextManager[None]):
    """A limit, and what was there before.

    No generator: who runs out of time on the way in or out of one leaves it halfway, and it would
    go on when it is forgotten, to put back the limit around it, which is over by then. Here the one
    around it takes both back.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._before: tuple[int, int] | None = None

    def __enter__(self) -> None:
        if threading.current_thread() is not threading.main_thread() or not _SIZES.exists():
            return
        self._before = soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        there = int(_SIZES.read_text().split()[_OF_DATA]) * resource.getpagesize()
        most = there + self._size
        tighter = most if soft == resource.RLIM_INFINITY else min(most, soft)
        resource.setrlimit(resource.RLIMIT_DATA, (tighter, hard))

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            resource.setrlimit(resource.RLIMIT_DATA, self._before)


def kept() -> int:
    """Bytes in memory that are this process's alone; 0 where the kernel does not say."""
    if not _SIZES.exists():
        return 0
    pages = [int(each) for each in _SIZES.read_text().split()]
    return (pages[_RESIDENT] - pages[_SHARED]) * resource.getpagesize()


def refuse_shortage(size: int) -> None:
    """Raise MemoryError if so many bytes are not to be had: then no text is to blame for one."""
    try:
        mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except OSError as error:
        raise MemoryError(f"this machine has no {size >> 20} MiB left") from error
