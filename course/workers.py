"""What runs in a worker process: one grader, kept open, asked for one submission after another.

Workers share nothing with the parent but what is pickled: they are spawned, or forked from a
process that has only imported (`batch.prepare`). They end with the parent, also when it is killed:
a grader that nobody listens to must not go on.
"""

from __future__ import annotations

import contextlib
import multiprocessing.util
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Generic, NoReturn, TypeVar

from course import memory
from course.errors import GraderFault, KilledFromOutside
from course.sandbox.stopwatch import SIGNALS, TimeLimit
from course.submitted import HandedIn

T = TypeVar("T")

NEEDED = "course.ahead"  # imported once, where workers are forked

# Workers share the cores between them: a BLAS that takes all of them for itself slows every one.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

FAILED = "The grader itself failed here ({kind}), so this is to be graded again."
MOST_SECONDS = 3600.0
"""CPU seconds that grading one submission may take this process, which the kernel ends then.

Whatever is known to take long has a limit of its own, many times lower. This one is for what nobody
has thought of: no run waits for ever.
"""
MOST_KEPT = 1 << 30
"""Bytes that a worker may still keep after a submission, and be given another one.

Since Python 3.12 every name that is parsed stays: some 10 MiB of a notebook that is all names.
"""
SECONDS_TO_CLOSE = 5.0  # how long a worker that must end may take to close its grader

ENDED = 128 + signal.SIGTERM
GO_TO_ALL = {signal.SIGINT, signal.SIGHUP}
"""What a terminal sends to workers, too, for Ctrl-C and when it is closed: the parent decides."""

# What a worker opens once, and keeps: a function that grades one submission after another.
OpenGrader = Callable[[], AbstractContextManager[Callable[[HandedIn], T]]]


@dataclass(frozen=True)
class Done(Generic[T]):
    """What a worker gives back: what grading gave, or why there is nothing, which is our fault.

    `fault`, for whoever runs the grader, is a sentence or a traceback, and may quote hidden checks;
    `reason` is a sentence that anybody may read. `again`: it may have been for what another one
    did, and is worth a second try without others. `worn`: the process that graded it has grown, and
    another one is to go on.
    """

    graded: T | None
    fault: str = ""
    reason: str = ""
    again: bool = False
    worn: bool = False


class _Worker:
    """The one grader of this process. It opens when it is first wanted, and closes at the end."""

    def __init__(self) -> None:
        self.open_grader: OpenGrader[Any] | None = None
        self.grade: Callable[[HandedIn], Any] | None = None
        self.opens = False
        self.ends = False
        self.stack = contextlib.ExitStack()

    def opened(self) -> Callable[[HandedIn], Any]:
        if self.grade is None:
            assert self.open_grader is not None, "workers.start was not called in this process"
            try:
                try:
                    self.opens = True
                    self.grade = self.stack.enter_context(self.open_grader())
                finally:
                    self.opens = False
            finally:
                if self.ends:  # by now what was half open is closed
                    self.end()
        return self.grade

    def close(self) -> None:
        self.grade = None
        self.stack.close()

    def end(self) -> NoReturn:
        """End this process with everything closed."""
        self.close()
        os._exit(ENDED)


_worker = _Worker()  # a pool of processes offers no other place for what a process keeps


def start(open_grader: OpenGrader[Any]) -> None:
    """Make this process a worker; given to the pool as its initializer."""
    signal.signal(signal.SIGTERM, _leave)
    for number in GO_TO_ALL:
        signal.signal(number, _pass_over)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, GO_TO_ALL)
    os.environ.update(ONE_THREAD)
    threading.Thread(target=_end_with_parent, name="end with parent", daemon=True).start()
    multiprocessing.util.Finalize(None, _worker.close, exitpriority=100)
    _worker.open_grader = open_grader


def get_ready() -> None:
    """Open this process's grader before it is needed; what stands against it comes up then."""
    with contextlib.suppress(Exception):
        _worker.opened()


def grade(handed_in: HandedIn) -> Done[Any]:
    """Grade one submission with this process's grader. Never raises: a fault is a result."""
    done = attempt(lambda each: _worker.opened()(each), handed_in)
    if done.fault:
        with contextlib.suppress(Exception):
            _worker.close()  # whatever state it is in; the next submission gets a fresh one
    return done


def attempt(grade: Callable[[HandedIn], T], handed_in: HandedIn) -> Done[T]:
    """What `grade` gives for a submission; an exception of ours becomes a fault."""
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)  # its signal, SIGVTALRM, ends a process
    try:
        graded = grade(handed_in)
        return Done(graded, worn=memory.kept() > MOST_KEPT)
    except GraderFault as error:  # who raised it has said everything
        reason = FAILED.format(kind=type(error).__name__)
        return Done(None, str(error), reason, again=isinstance(error, KilledFromOutside))
    except (Exception, TimeLimit) as error:  # of signals in a row one might outlive `patience`
        return Done(None, traceback.format_exc(), FAILED.format(kind=type(error).__name__))
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _leave(*_: Any) -> None:
    """End with everything closed; asked twice, as Ctrl-C and the parent may, still only once.

    What is half open closes as an exception passes. It may not come through: who loads checks takes
    it for one of theirs. Then this process ends when it has opened, whatever came of that; should
    it go on instead, and wait for work, the pool would wait for it, for ever. Nor may the clock of
    what it is at stop it, which would be taken for a notebook that takes too long.
    """
    for number in (signal.SIGTERM, *SIGNALS):
        signal.signal(number, signal.SIG_IGN)
    _worker.ends = True
    if not _worker.opens:
        _worker.end()
    raise SystemExit(ENDED)


def _pass_over(*_: Any) -> None:
    """Do nothing: unlike SIG_IGN, this is not inherited by the programs that a worker starts."""


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(SECONDS_TO_CLOSE)
        os._exit(ENDED)
