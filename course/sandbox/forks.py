"""Where the processes of submissions come from: each is forked from a warm one. Trusted side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

from course.errors import GraderFault, KilledFromOutside
from course.sandbox.host import Child
from course.sandbox.isolation import Isolation
from course.sandbox.limits import Limits
from course.sandbox.outcome import SubmissionError
from course.sandbox.pace import Pace, at_first
from course.sandbox.room import NO_ROOM, Room
from course.sandbox.warmup import WarmEnded, WarmHandle

HELLO_SECONDS = 20.0


class WarmProcess:
    """Forks a confined child for each submission; use it as a context manager.

    One submission at a time is the rule, though several children may live. A warm process that died
    is replaced. Start it in a thread that lives on: the kernel ends it together with that thread.
    """

    def __init__(
        self,
        isolation: Isolation,
        limits: Limits | None = None,
        alone: bool = True,
        packages: Sequence[str] = (),
    ) -> None:
        self.isolation = isolation
        self.limits = limits or Limits()
        self.packages = packages
        """What notebooks may import beside the scientific stack; it is imported beforehand."""
        self.alone = alone
        """Whether nobody but its children runs code of students on this machine."""
        self._handle: WarmHandle | None = None
        self._room: Room | None = None
        self._pace = None if alone else Pace(at_first())

    def start(self) -> Self:
        """Start it, and wait until it is ready; raises GraderFault."""
        self._ready()
        return self

    def fork(self, files: Mapping[str, bytes] | None = None, *, sealed: bool = False) -> Child:
        """Return the process of a new submission, with these files in its working folder.

        One that will be told a solution is `sealed`: it finds no file at all, lest it leave what it
        was told to another submission. Raises GraderFault when a layer of the confinement fails
        there: nothing then runs.
        """
        try:
            child = self._fork(sealed)
        except WarmEnded:
            self.close()
            try:
                child = self._fork(sealed)
            except KilledFromOutside:
                raise
            except (WarmEnded, GraderFault) as error:
                if self._room is not None and self._room.is_short():
                    raise KilledFromOutside(NO_ROOM) from None
                raise KilledFromOutside(f"the sandbox does not start any more: {error}") from None
        try:
            child.put_files(files or {})
        except BaseException as error:
            child.close()
            if isinstance(error, SubmissionError):
                reason = f"the data files cannot be put into the sandbox: {error}"
                raise GraderFault(reason) from None
            raise
        return child

    def close(self) -> None:
        """End the warm process and all of its children, and remove what they left."""
        if self._handle is not None:
            self._handle.close()
            self._handle = None

    def __enter__(self) -> Self:
        """Start it, and wait for nothing: the first fork does, and says what is wrong."""
        self._begun()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _fork(self, sealed: bool) -> Child:
        handle = self._ready()
        if handle.folder_on_disk is not None:
            unnoticed = self.limits.folder_bytes, self.limits.folder_files
            self._room = Room(handle.folder_on_disk, unnoticed, self.alone, self._room)
            handle.room = self._room
        channel, process, hello = handle.fork(HELLO_SECONDS, sealed=sealed)
        return Child(handle, channel, process, hello, self._pace)

    def _ready(self) -> WarmHandle:
        """The warm process; one that was killed while it started is started once more."""
        try:
            return self._waited_for()
        except KilledFromOutside:
            return self._waited_for()

    def _waited_for(self) -> WarmHandle:
        handle = self._begun()
        try:
            handle.wait()
        except GraderFault:
            self._handle = None  # it has closed itself
            raise
        return handle

    def _begun(self) -> WarmHandle:
        if self._handle is None:
            self._handle = WarmHandle(self.isolation, self.limits, self.packages)
        return self._handle
