"""Threads that a submission asks for: the judge lets them start one by one, and so many at most.

Trusted side. To count them now and then is too late: a few instructions of machine code double
their number in less time than a full machine takes to look, and the kernel counts none of root's.
Its interface is that of seccomp(2), of Linux 5.5 on; no library on PyPI has this side of it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import struct

REQUEST = struct.Struct("=QIIiIQ6Q")  # struct seccomp_notif: an id, a thread, and its system call
REPLY = struct.Struct("=QqiI")  # struct seccomp_notif_resp: the id, and what becomes of the call
GO_ON = 1  # SECCOMP_USER_NOTIF_FLAG_CONTINUE: as if nobody had been asked


def _both_ways(number: int, content: struct.Struct) -> int:
    """The number of an ioctl of seccomp's that reads and writes, as _IOWR('!', …) makes it."""
    return 3 << 30 | content.size << 16 | ord("!") << 8 | number


RECEIVE, SEND = _both_ways(0, REQUEST), _both_ways(1, REPLY)


class Turnstile:
    """Where threads wait that are to be started; it owns the descriptor over which they ask."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def is_asked(self) -> bool:
        """Whether a thread waits to be let in."""
        poll = select.poll()
        poll.register(self.descriptor, select.POLLIN)
        return any(event & select.POLLIN for _, event in poll.poll(0))

    def let_one_in(self) -> None:
        """Let one start, if who asked for it still waits: a signal or its end may have come."""
        request = bytearray(REQUEST.size)
        with contextlib.suppress(OSError):
            fcntl.ioctl(self.descriptor, RECEIVE, request)
            number = REQUEST.unpack(request)[0]
            fcntl.ioctl(self.descriptor, SEND, REPLY.pack(number, 0, 0, GO_ON))

    def close(self) -> None:
        """Nobody is let in any more."""
        os.close(self.descriptor)
