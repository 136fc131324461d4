"""Many submissions, graded side by side: whatever happens to one of them, the others go on.

Grading one submission is a pure function that a pool of worker processes applies. This module
hands submissions out and gives results back; it writes nothing, so that files and gradebook change
in one place, the parent.
"""

from __future__ import annotations

import itertools
import multiprocessing
import multiprocessing.util
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from multiprocessing import forkserver, resource_tracker
from typing import Any, TypeVar

from course import workers
from course.sandbox import sweep
from course.submitted import HandedIn
from course.workers import SECONDS_TO_CLOSE, Done, OpenGrader

WORKER_DIED = "The grader's process ended without a word, twice, so this is to be graded again."
SECONDS_TO_HEED = 0.2
MOST_KEPT = 256 << 20
"""Bytes of submissions that wait for another try; if there are more, they come before the rest."""
PREFIX = "course-pool-"
AFTER_ITS_OWN = -200
"""When this process ends: after multiprocessing (-100) has removed what it made in there itself."""

T = TypeVar("T")
R = TypeVar("R")
Results = Generator[tuple[HandedIn, Done[T]], None, list[HandedIn]]


def grade_all(
    handed_in: Iterable[HandedIn],
    open_grader: OpenGrader[T],
    processes: int,
    heed: Callable[[], None] = lambda: None,
    meanwhile: Callable[[], object] = lambda: None,
    crew: Executor | None = None,
    open_alone: OpenGrader[T] | None = None,
) -> Generator[tuple[HandedIn, Done[T]], None, None]:
    """Grade everything with that many processes; results come in the order of completion.

    Close the iterator to end early: its workers end with it, as they do when `heed`, which is
    called a few times a second while nothing is half done, raises. `meanwhile` is called once, when
    the first submissions are with the workers. When a worker dies, nobody knows which of the
    submissions in flight was to blame: each is tried once more, alone, by what `open_alone` opens;
    so is, at the end or when `crowded`, each that was ended for what another one may have done.
    When a worker is worn, fresh ones go on. A `crew` that is `readied` already begins, and ends
    where it was readied at the latest.
    """
    waiting = iter(handed_in)
    heed = _first(meanwhile, heed)
    for first, opened in zip(waiting, _pools(open_grader, processes, crew), strict=False):
        rest = itertools.chain([first], waiting)
        suspects = yield from _through_pool(rest, opened, processes, heed)
        while suspects:
            suspect = suspects.pop(0)  # whoever had a second try is not kept beside those to come
            alone = _pool(open_alone or open_grader, 1)
            if (yield from _through_pool(iter([suspect]), alone, 1, heed)):
                yield suspect, Done(None, WORKER_DIED, WORKER_DIED)


@contextmanager
def readied(open_grader: OpenGrader[T], processes: int, ahead: int) -> Iterator[Executor]:
    """A crew of workers, so many of which open their graders before there is work for them.

    If it turns out that there is none, nobody waits for them: they end whatever they are at.
    """
    with _pool(open_grader, processes) as crew:
        opening = [_submit(crew, workers.get_ready) for _ in range(ahead)]
        yield crew
        if not all(each.done() for each in opening):
            _end(multiprocessing.active_children())


def _first(meanwhile: Callable[[], object], heed: Callable[[], None]) -> Callable[[], None]:
    """`heed`, which when it is called for the first time does `meanwhile` before it."""
    before = [meanwhile]

    def heed_then() -> None:
        while before:
            before.pop()()
        heed()

    return heed_then


def prepare() -> None:
    """Start the process that workers are forked from; it imports what they need, beside this one.

    Without this, each worker imports everything by itself. It starts in this process's environment
    as it is now, ends with this process, and never has a second thread, so that it may fork. Where
    it cannot start, workers do without it.
    """
    multiprocessing.set_start_method("forkserver", force=True)
    multiprocessing.set_forkserver_preload([workers.NEEDED])
    before = dict(os.environ)
    os.environ.update(workers.ONE_THREAD)  # before NumPy is imported there, or never
    os.environ["PYTHONSAFEPATH"] = "1"  # else it imports what is called `course` in this folder
    try:
        with _interrupts_held():
            resource_tracker.ensure_running()  # lets interrupts through at its end
        with _interrupts_held(), _temporary_files_swept():
            forkserver.ensure_running()
    except OSError:  # its socket cannot be made: TMPDIR is too long a path for one, for instance
        multiprocessing.set_start_method("spawn", force=True)
    finally:
        for name in (*workers.ONE_THREAD, "PYTHONSAFEPATH"):
            os.environ.pop(name)
        os.environ.update(before)


@contextmanager
def _temporary_files_swept() -> Iterator[None]:
    """Make them where the next command finds and removes them if this one is killed."""
    folder, _ = sweep.make(PREFIX)  # kept until this process ends
    remove = partial(shutil.rmtree, folder, ignore_errors=True)
    multiprocessing.util.Finalize(None, remove, exitpriority=AFTER_ITS_OWN)
    usual, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = usual


def crowded(waiting: Iterable[HandedIn]) -> bool:
    """Whether those who wait for another try take much memory: anybody can make themselves wait."""
    return sum(len(each.data or b"") for each in waiting) > MOST_KEPT


def _through_pool(
    waiting: Iterator[HandedIn],
    opened: AbstractContextManager[Executor],
    processes: int,
    heed: Callable[[], None],
) -> Results[T]:
    """Grade from `waiting` until it is empty, or a worker dies or is worn, or `again` is crowded.

    Returns whoever is to be tried again. Little is handed out ahead: enough that no worker waits,
    and few are suspects.
    """
    flying: dict[Future[Done[T]], HandedIn] = {}
    again: list[HandedIn] = []
    worn = False
    with opened as pool:
        while _fill(flying, pool, waiting, 0 if worn or crowded(again) else processes + 1):
            heed()
            wait(flying, SECONDS_TO_HEED, return_when=FIRST_COMPLETED)
            broken = any(each.done() and _is_lost(each) for each in flying)
            if broken:
                wait(flying)
            for future in [each for each in flying if each.done() and not _is_lost(each)]:
                handed_in, done = flying.pop(future), future.result()
                worn = worn or done.worn
                if done.again and processes > 1:
                    again.append(handed_in)
                else:
                    yield handed_in, done
            if broken:
                break
    return [*flying.values(), *again]


def _fill(
    flying: dict[Future[Done[T]], HandedIn],
    pool: Executor,
    waiting: Iterator[HandedIn],
    room: int,
) -> bool:
    for handed_in in itertools.islice(waiting, max(0, room - len(flying))):
        flying[_submit(pool, workers.grade, handed_in)] = handed_in
    return bool(flying)


def _submit(pool: Executor, act: Callable[..., R], *arguments: object) -> Future[R]:
    """Have a worker act; a pool that is broken already gives a lost future."""
    with _interrupts_held():
        try:
            return pool.submit(act, *arguments)
        except BrokenProcessPool as error:
            lost: Future[R] = Future()
            lost.set_exception(error)
            return lost


def _is_lost(future: Future[Any]) -> bool:
    return isinstance(future.exception(), BrokenProcessPool)


def _pools(
    open_grader: OpenGrader[T], processes: int, crew: Executor | None
) -> Iterator[AbstractContextManager[Executor]]:
    """The crew that is there, if any, then as many pools as are wanted."""
    if crew:
        yield nullcontext(crew)
        crew.shutdown()
    while True:
        yield _pool(open_grader, processes)


@contextmanager
def _pool(open_grader: OpenGrader[T], processes: int) -> Iterator[Executor]:
    """A pool of workers that are all gone afterwards, at once when something interrupts."""
    others = set(multiprocessing.active_children())
    prepared = multiprocessing.get_start_method(allow_none=True) == "forkserver"
    how = multiprocessing.get_context("forkserver" if prepared else "spawn")
    pool = ProcessPoolExecutor(processes, how, workers.start, (open_grader,))
    try:
        yield pool
    except BaseException:
        _end(set(multiprocessing.active_children()) - others)
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _end(children: Iterable[multiprocessing.process.BaseProcess]) -> None:
    children = list(children)
    for child in children:
        child.terminate()
    deadline = time.monotonic() + SECONDS_TO_CLOSE
    for child in children:
        child.join(max(0.0, deadline - time.monotonic()))
        child.kill()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Start processes with these blocked: they let them through once they can bear it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, workers.GO_TO_ALL)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
