"""A grading process on a worker's machine: one grader, asked over a socket for one at a time.

It stands apart from Dask's worker so that nothing is stale in it: it imports the code and the
checks as they are now, in a main thread of its own. It ends with the worker, however that ends, and
when nobody has asked for a while, because the hidden checks lie on this machine as long as it runs.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import sys
import threading
import time
from contextlib import ExitStack, suppress
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from course.cluster.parcel import CODE, Parcel, fingerprint
from course.errors import ConfigurationError
from course.sandbox.warmup import STOP_SECONDS
from course.workers import attempt

SECONDS_IDLE = 120.0
SECONDS_TO_CLOSE = 2 * STOP_SECONDS
"""Nobody waits for it; on a busy machine, in the middle of a self-test, it may take a while."""
ENDED = 128 + signal.SIGTERM


def main() -> None:
    """Serve the socket whose descriptor is the only argument.

    The other end sends a fingerprint, then a parcel, and reads an isolation or (text) a refusal;
    from then on it sends what was handed in and reads what grading it gave.
    """
    channel: Connection[Any, Any] = Connection(int(sys.argv[1]))
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_watch, args=(channel.fileno(),), daemon=True).start()
    with ExitStack() as stack:
        wanted: dict[str, str] = channel.recv()
        packed: bytes = channel.recv_bytes()
        try:
            refuse_another(wanted)
            parcel: Parcel[Any] = pickle.loads(packed)
            isolation, grade = stack.enter_context(parcel.opened())
        except ConfigurationError as error:
            channel.send(str(error))
            return
        signal.signal(signal.SIGTERM, partial(_close, stack))
        channel.send(isolation)
        with suppress(EOFError):
            while channel.poll(SECONDS_IDLE):
                channel.send(attempt(grade, channel.recv()))
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # from here on it closes anyway


def refuse_another(wanted: dict[str, str]) -> None:
    """ConfigurationError when what grades here is not what grades there."""
    found = fingerprint()
    other = [name for name in wanted if found.get(name) != wanted[name] and name != CODE]
    other = other or [name for name in wanted if found.get(name) != wanted[name]]
    if other:
        theirs = ", ".join(f"{name} {found.get(name, 'missing')}" for name in other)
        ours = ", ".join(f"{name} {wanted[name]}" for name in other)
        raise ConfigurationError(f"has {theirs}, and this machine {ours}")


def _leave(*_: object) -> None:
    """End while nothing is open yet."""
    _exit_late_at_the_latest()
    sys.exit(ENDED)


def _close(stack: ExitStack, *_: object) -> None:
    """End now, in the middle of whatever is done, with everything closed and removed."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _exit_late_at_the_latest()
    stack.close()
    os._exit(ENDED)


def _watch(descriptor: int) -> None:
    """End this process when the other end of its connection is gone.

    The signal is for the main thread, whoever sends it: given to this one, it would wake nobody.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    poll = select.poll()
    poll.register(descriptor, 0)  # nothing but the end of the connection
    poll.poll()
    os.kill(os.getpid(), signal.SIGTERM)
    _exit_late()


def _exit_late_at_the_latest() -> None:
    threading.Thread(target=_exit_late, daemon=True).start()


def _exit_late() -> None:
    time.sleep(SECONDS_TO_CLOSE)
    os._exit(ENDED)


if __name__ == "__main__":
    main()
