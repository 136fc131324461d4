"""The workers that grade a run: who may take part, and who is grading what.

Nobody grades before it has shown that it is the same grader, as well confined, as on this machine;
that holds for those who come later, too. Every submission is given to one worker by name, so that
Dask moves none to a worker that may not, and so that it is known who was at it when a worker is
lost. What was lost is graded again, alone on a worker; lost a second time, it is at fault.
"""

from __future__ import annotations

import itertools
import threading
import time
import traceback
import uuid
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from course.batch import SECONDS_TO_HEED, WORKER_DIED, crowded
from course.cluster import scheduler, worker
from course.cluster.parcel import Parcel, fingerprint
from course.cluster.worker import Refused
from course.errors import ConfigurationError
from course.sandbox.isolation import Isolation
from course.submitted import HandedIn
from course.workers import FAILED, SECONDS_TO_CLOSE, Done

Future = Any  # Dask's

SECONDS_TO_WAIT = 60.0  # for a worker, when there is none
SECONDS_TO_FETCH = 5.0

NOBODY = (
    "The Dask scheduler at {address} has no worker that can grade; what was graded is stored: "
    "start workers with `dask worker`, then run the same command again."
)
REFUSED = "The worker {address} {reason}: mend that worker or end it."
CANNOT = "cannot take part ({problem}): it needs the same course as this machine"

T = TypeVar("T")


@dataclass
class Flight:
    """What a worker was asked for: to grade a submission, or (None) to prove itself."""

    future: Future
    worker: str
    handed_in: HandedIn | None
    suspect: bool


@dataclass
class Member:
    """A worker that is present; `admitted` when it has proved what it must."""

    threads: int
    admitted: bool = False
    refused: bool = False
    flights: dict[str, Flight] = field(default_factory=dict)

    @property
    def grading(self) -> list[Flight]:
        """The submissions that it has."""
        return [flight for flight in self.flights.values() if flight.handed_in]

    @property
    def has_room(self) -> bool:
        """Whether it can take one more: one for each thread, and one that waits."""
        suspect = any(flight.suspect for flight in self.grading)
        return self.admitted and not suspect and len(self.grading) <= self.threads


@contextmanager
def gathered(
    where: str, parcel: Parcel[T], heed: Callable[[], None] = lambda: None
) -> Iterator[Crew[T]]:
    """The workers of the scheduler at `where`, all of them fit to grade; nothing is graded yet.

    ConfigurationError when there is none, or one of them is not fit. `heed` is called a few times a
    second and may raise to end it all. At the end nothing of this run is left on the cluster.
    """
    with scheduler.connected(where) as client:
        crew: Crew[T] = Crew(client, parcel, heed)
        try:
            crew.gather()
            yield crew
        finally:
            crew.disband()


class Crew(Generic[T]):
    """Made by `gathered`. `refused` says who came later and may not grade, and why."""

    def __init__(
        self, client: scheduler.Client, parcel: Parcel[T], heed: Callable[[], None]
    ) -> None:
        self.refused: list[str] = []
        self._client = client
        self._heed = heed
        self._presence = scheduler.Presence(client)
        self._members: dict[str, Member] = {}
        self._landed: SimpleQueue[Future] = SimpleQueue()
        self._lost: deque[HandedIn] = deque()  # each to be tried once more, alone
        self._at_fault: deque[HandedIn] = deque()  # lost twice
        self._returned: deque[HandedIn] = deque()  # by a worker that may not grade any more
        self._run = f"course-{uuid.uuid4().hex}"
        lab = client.submit(bytes, parcel.packed(), key=f"{self._run}-lab", pure=False)
        self._common = (self._run, fingerprint(), lab)
        self._count = itertools.count()
        self._seen = time.monotonic()

    def gather(self) -> None:
        """Wait until everybody who is present has proved to be fit."""
        began = time.monotonic()
        admitted: list[bool] = []
        while not (any(admitted) and (all(admitted) or time.monotonic() - began > SECONDS_TO_WAIT)):
            self._look_around()
            for flight, answer in self._landings():
                self._judge(flight, answer)
            if self.refused:
                raise ConfigurationError(self.refused[0])
            admitted = [member.admitted for member in self._members.values()]

    def grade_all(
        self, handed_in: Iterable[HandedIn], meanwhile: Callable[[], object] = lambda: None
    ) -> Generator[tuple[HandedIn, Done[T]], None, None]:
        """Grade everything; results come in the order of completion, as from a pool.

        `meanwhile` is called once, when the first submissions are with the workers.
        """
        waiting = iter(handed_in)
        at_first = [meanwhile]
        while self._hand_out(waiting):
            while at_first:
                at_first.pop()()
            for flight, answer in self._landings():
                if flight.handed_in and isinstance(answer, Done):
                    if answer.again and not flight.suspect:
                        self._lose(flight)
                    else:
                        yield flight.handed_in, answer
                else:
                    self._judge(flight, answer)
            self._look_around()
            while self._at_fault:
                yield self._at_fault.popleft(), Done(None, WORKER_DIED, WORKER_DIED)

    def disband(self) -> None:
        """End what still goes on; the cluster stays as it was found."""
        if self._client.status == "running":
            flights = (
                each for member in self._members.values() for each in member.flights.values()
            )
            self._client.cancel([flight.future for flight in flights], force=True)
            ending = threading.Thread(target=self._end, daemon=True)
            ending.start()  # a worker that does not answer holds nobody up
            ending.join(SECONDS_TO_CLOSE)

    def _end(self) -> None:
        admitted = [address for address, member in self._members.items() if member.admitted]
        with suppress(Exception):
            self._client.run(worker.end, self._run, workers=admitted, on_error="ignore")

    def _look_around(self) -> None:
        """Take note of who has come and who has gone; ConfigurationError when nobody is left."""
        present = self._presence.workers()
        if present is not None:
            for address in [each for each in self._members if each not in present]:
                self._mourn(self._members.pop(address))
            for address in [each for each in present if each not in self._members]:
                self._members[address] = Member(present[address])
                self._ask(worker.prove, address)
        if any(member.admitted for member in self._members.values()):
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > SECONDS_TO_WAIT:
            raise ConfigurationError(NOBODY.format(address=self._presence.address))

    def _mourn(self, member: Member) -> None:
        self._client.cancel([flight.future for flight in member.flights.values()], force=True)
        for flight in member.grading:
            self._lose(flight)

    def _lose(self, flight: Flight) -> None:
        if flight.handed_in:
            (self._at_fault if flight.suspect else self._lost).append(flight.handed_in)

    def _hand_out(self, waiting: Iterator[HandedIn]) -> bool:
        """Give every worker what it has room for; False when there is nothing left to wait for."""
        exhausted, held_up = False, crowded(self._lost)
        for address, member in self._members.items():
            if member.admitted and self._lost and not member.grading:
                self._ask(worker.grade, address, self._lost.popleft(), suspect=True)
            while member.has_room and not exhausted and not held_up:
                each = self._returned.popleft() if self._returned else next(waiting, None)
                exhausted = each is None
                if each is not None:
                    self._ask(worker.grade, address, each)
        grading = any(member.grading for member in self._members.values())
        return bool(grading or self._lost or self._at_fault or self._returned or not exhausted)

    def _ask(
        self,
        task: Callable[..., object],
        address: str,
        handed_in: HandedIn | None = None,
        *,
        suspect: bool = False,
    ) -> None:
        key = f"{self._run}-{next(self._count)}"
        what = (*self._common, handed_in) if handed_in else self._common
        future = self._client.submit(task, *what, key=key, workers=[address], pure=False)
        self._members[address].flights[key] = Flight(future, address, handed_in, suspect)
        future.add_done_callback(self._landed.put)

    def _landings(self) -> Iterator[tuple[Flight, object]]:
        """What was asked for and has come, after a moment of waiting; None where it was lost."""
        arrived: list[Future] = []
        with suppress(Empty):
            arrived.append(self._landed.get(timeout=SECONDS_TO_HEED))
            while True:
                arrived.append(self._landed.get_nowait())
        self._heed()
        for future in arrived:
            member = next(
                (each for each in self._members.values() if future.key in each.flights), None
            )
            if member is None:
                continue  # given up meanwhile
            try:
                answer = _fetch(future)
            except TimeoutError:
                self._landed.put(future)  # unless its worker is found to be gone
                continue
            yield member.flights.pop(future.key), answer

    def _judge(self, flight: Flight, answer: object) -> None:
        """What follows from anything but a graded submission."""
        if isinstance(answer, Isolation):
            self._members[flight.worker].admitted = True
        elif isinstance(answer, Refused):
            self._refuse(flight.worker, answer.reason)
            if flight.handed_in:  # nothing is held against it
                self._returned.append(flight.handed_in)
        elif flight.handed_in:
            self._lose(flight)
        else:
            problem = answer.fault.strip() if isinstance(answer, Done) else "its proof was lost"
            self._refuse(flight.worker, CANNOT.format(problem=problem.splitlines()[-1]))

    def _refuse(self, address: str, reason: str) -> None:
        member = self._members[address]
        if not member.refused:
            self.refused.append(REFUSED.format(address=address, reason=reason))
        member.admitted, member.refused = False, True


def _fetch(future: Future) -> object:
    """What a task came to; None when Dask gave it up. TimeoutError when its worker is silent."""
    from distributed.scheduler import KilledWorker

    try:
        answer: object = future.result(timeout=SECONDS_TO_FETCH)
        return answer
    except Exception as error:
        if future.status == "error" and not isinstance(error, KilledWorker):
            fault = "".join(traceback.format_exception(error))
            return Done(None, fault, FAILED.format(kind=type(error).__name__))
        if isinstance(error, TimeoutError):
            raise
        return None
