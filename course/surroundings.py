"""What a command finds around itself, and what this machine may refuse it, in one sentence.

A command may be started with its standard streams closed (by a timer, by a script), or run out of
room, rights, memory or descriptors wherever it happens to be. Neither is a fault of ours that wants
a traceback, and neither may let one file be taken for another.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from course.errors import ConfigurationError

OF_THE_MACHINE = {
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
    *(errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EIO, errno.ESTALE),
}
NO_THREAD = "can't start new thread"
REFUSED = (
    "{what} ({reason}): make room, or mend permissions and limits, then run the same command again."
)


def at_the_end(act: Callable[[int, FrameType | None], object]) -> None:
    """Have this done when the process is to end: by SIGTERM, or because its terminal was closed.

    What is ignored stays ignored: `nohup` wants a run to go on without its terminal.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        if number == signal.SIGTERM or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, act)


def have_streams() -> None:
    """Give each standard stream that is closed to nobody: the next file opened would be it."""
    for number in range(3):  # all of them, before anything else is opened
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest that is free
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123


@contextmanager
def explained() -> Iterator[None]:
    """Whatever this machine refuses in the block, as a ConfigurationError."""
    try:
        yield
    except MemoryError:
        what = "There is not enough memory for this"
        raise ConfigurationError(REFUSED.format(what=what, reason="out of memory")) from None
    except RuntimeError as error:  # what Python says of a thread has no type of its own
        if NO_THREAD not in (str(error), str(error.__context__)):
            raise
        what = "This machine lets no further process or thread begin"
        raise ConfigurationError(REFUSED.format(what=what, reason=NO_THREAD)) from None
    except OSError as error:
        if error.errno not in OF_THE_MACHINE:
            raise
        named = f"{os.fsdecode(error.filename)} cannot be used" if _is_path(error) else ""
        what = named or "This machine, or what is to take the output, refuses what is needed"
        reason = error.strerror or str(error)
        raise ConfigurationError(REFUSED.format(what=what, reason=reason)) from None


def _is_path(error: OSError) -> bool:
    return isinstance(error.filename, str | bytes)
