"""What comes with a message: who sent it, by the kernel's word, and descriptors. Trusted side.

The kernel translates the sender's number into our own numbering of processes even from within
bubblewrap's.
"""

from __future__ import annotations

import socket
import struct

SO_PASSCRED = getattr(socket, "SO_PASSCRED", 16)
CREDENTIALS = struct.Struct("3i")


def demand(end: socket.socket) -> None:
    """Have the kernel say who sends what comes here."""
    end.setsockopt(socket.SOL_SOCKET, SO_PASSCRED, 1)


def pid_of_sender(end: socket.socket) -> int:
    """Return the pid of who sent what waits to be read; raises OSError when nobody did.

    Nothing more is demanded after that.
    """
    data, ancillary, _, _ = end.recvmsg(1, socket.CMSG_SPACE(CREDENTIALS.size), socket.MSG_PEEK)
    end.setsockopt(socket.SOL_SOCKET, SO_PASSCRED, 0)
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS and data:
            pid: int = CREDENTIALS.unpack(content)[0]
            return pid
    raise OSError("the child did not start")


def with_descriptor(end: socket.socket, size: int = 100) -> tuple[bytes, int | None]:
    """Return a message and the descriptor that came with it, if one did."""
    message, descriptors, _, _ = socket.recv_fds(end, size, 1)
    return message, next(iter(descriptors), None)
