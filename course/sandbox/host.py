"""The judge's handle on one submission: asks its process, and ends it.

Trusted side. Whatever a submission does, asking it ends in time with a value or one of four errors:
`StudentError`, `NotDefined`, `TimeLimit` (the submission goes on) and `ProcessEnded` (it does not).
What is our own fault raises `GraderFault`, and the submission stays ungraded.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, NoReturn, Self

from course.errors import KilledFromOutside
from course.sandbox import wire
from course.sandbox.budget import Allowance, Budget, reason
from course.sandbox.channel import Channel, Closed
from course.sandbox.claims import may_be, read_answer, read_error, read_run
from course.sandbox.clock import Deadline, Expired, Process
from course.sandbox.decode import decode
from course.sandbox.outcome import (
    CellRun,
    ErrorText,
    Limit,
    NotDefined,
    ProcessEnded,
    StudentError,
    SubmissionError,
    TimeLimit,
)
from course.sandbox.pace import Pace
from course.sandbox.warmup import WarmHandle
from course.sandbox.watch import Watch

SECONDS_TO_END = 1.0
OF_COMPUTING = ("cell_cpu", "call_cpu", "submission_cpu")
MOST_SLOWED = 0.1
"""Share of the time used up that may be time in which the machine was slow."""
SLOWED = (
    "the computing time of this submission was used up while this machine was many times slower"
    " than at its best: another submission may be why"
)


class Child:
    """One submission's process. Use it as a context manager, or `close` it."""

    def __init__(
        self,
        warm: WarmHandle,
        channel: Channel,
        process: Process,
        hello: Mapping[str, Any],
        pace: Pace | None = None,
    ):
        self.limits = warm.limits
        self.ended: str | None = None
        self._ended_by: Limit | None = None
        self._warm = warm
        self._channel = channel
        self._process = process
        self._pid_inside: int = hello["pid"]
        self._alone = pace is None
        self._watch = Watch(warm, process, hello["folder"], pace)
        self._number = 0
        self._budget = Budget(warm.limits)
        self._granted = self._asked = (0.0, 0.0)  # CPU seconds by then, and slow ones among them

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self.ended is None

    @property
    def cpu(self) -> float:
        """CPU seconds used so far, by the kernel's account."""
        return self._process.cpu()

    @property
    def asks(self) -> bool:
        """Whether its threads and files wait to be let in; else they are counted now and then."""
        return self._process.turnstile is not None

    def run(self, source: str, *, draw: bool = True) -> CellRun:
        """Run one cell; its error and its limit are returned. To `draw` takes most of the time."""
        before = self.cpu
        try:
            outcome, content = self._ask(self._allow("cell_cpu"), "run", source, draw)
        except wire.Unsendable:
            return CellRun((), ErrorText("ValueError", "the cell is too long to run"), 0.0, None)
        used = max(0.0, self.cpu - before - (self._watch.slowed - self._asked[1]))
        try:
            if outcome == "value":
                ran = read_run(content, self._budget, used)
            else:
                ran = CellRun((), read_error(content, self.limits), used, None)
        except wire.ProtocolError as error:
            self._end(f"it broke the protocol: {error}")
        if ran.limit in OF_COMPUTING:
            self._refuse_if_slowed()
        self._budget.keep(ran)
        return ran

    def call(self, name: str, *arguments: object) -> Any:
        """Call a function of the notebook with plain arguments and return its plain value."""
        return self._value("call", name, arguments)

    def watch(self, name: str, *arguments: object) -> tuple[Any, tuple[Any, ...]]:
        """Call, and return the value and the arguments as they are after the call.

        No call makes a list of an array: an argument of another type is none that was handed in.
        """
        answer = self._value("watch", name, arguments)
        match answer:
            case (_, tuple() as after) if type(answer) is tuple and may_be(arguments, after):
                return answer
        self._end("it broke the protocol: these are not the arguments")

    def get(self, name: str) -> Any:
        """Return the plain value of a name in the notebook."""
        return self._value("get", name)

    def mark(self, place: str) -> None:
        """Have the notebook's names kept as they are now, to be recalled under this label."""
        self._command("mark", place)

    def recall(self, place: str) -> None:
        """Make the notebook's names what they were at a mark; what they name may have changed."""
        self._command("recall", place)

    def renew_budget(self) -> None:
        """Grant the time of a whole submission once more."""
        self._budget.renew(self.cpu)
        self._granted = (self.cpu, self._watch.slowed)

    def put_files(self, files: Mapping[str, bytes]) -> None:
        """Write files into the submission's working folder, which is its current directory."""
        for name in files:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or not path.name:
                raise ValueError(f"not a file name inside the working folder: {name!r}")
        if files:
            self._value("files", dict(files))

    def close(self) -> None:
        """Kill the process, if it is still there; its folder is removed by the warm process."""
        if self.ended is None:
            self.ended = "closed"
        self._channel.close()
        self._process.kill()
        self._warm.bury(self._pid_inside)
        self._pid_inside = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _command(self, verb: str, place: str) -> None:
        """Ask for what only a shell that was tampered with refuses; then nothing else is asked."""
        try:
            self._value(verb, place)
        except ProcessEnded:
            raise
        except SubmissionError:  # of which no word is told: it may have seen what checks ask
            self._end("its names cannot be kept")

    def _value(self, verb: str, *arguments: object) -> Any:
        """Ask for a value and turn the other outcomes into their errors."""
        before = self.cpu
        request = self._allow("call_cpu")
        outcome, content = self._ask(request, verb, *arguments)
        if outcome == "limit":
            if type(content) is str and content == "wall":
                raise TimeLimit("wall", request.wall)
            self._refuse_if_slowed()
            raise request.time_limit()
        if self.cpu - before > request.cpu:
            self._refuse_if_slowed()
            raise request.time_limit()
        if outcome == "value":
            return content
        try:
            if outcome == "undefined":
                raise NotDefined(str(arguments[0]))  # what was asked for, not what is claimed
            error = read_error(content, self.limits)
        except wire.ProtocolError as broken:
            self._end(f"it broke the protocol: {broken}")
        raise StudentError(error.kind, error.text, error.trace)

    def _allow(self, limit: Limit) -> Allowance:
        """How long the next request may take; ends the submission when nothing is left."""
        if self.ended is not None:
            raise ProcessEnded(self.ended, self._ended_by)
        allowance = self._budget.allow(limit, self.cpu)
        if allowance is None:
            spent: Limit = "wall" if self._budget.wall <= 0 else "submission_cpu"
            self._end(reason(spent, self.limits), spent)
        return allowance

    def _ask(self, request: Allowance, verb: str, *arguments: object) -> tuple[str, Any]:
        """Send one request and return (outcome, content).

        What the judge computes for it counts as the submission's: a frame may be sent again for
        nothing, files be asked for in less than they take, and all that are there by then are
        counted for each request, however little it is.
        """
        computed = time.thread_time()
        self._number += 1
        self._asked = (self.cpu, self._watch.slowed)
        question = (self._number, verb, request.cpu, request.wall, arguments)
        frame = wire.encode(question, body_bytes=self.limits.frame_bytes)
        deadline = Deadline(
            self._process,
            request.cpu + self.limits.grace_cpu,
            request.wall,
            request.limit,
            self._watch.glance,
        )
        self._channel.wait = deadline.wait
        self._warm.let_run(self._process)
        start = self._process.wall()
        answer = self._exchange(frame)
        self._budget.wall -= self._process.wall() - start
        self._budget.charge(time.thread_time() - computed)
        return answer

    def _exchange(self, frame: tuple[bytes, bytes]) -> tuple[str, Any]:
        """Send a request and read its answer; anything else ends the submission."""
        try:
            if self._channel.has_input():
                self._channel.expect_end()
            self._channel.send_frame(frame)
            head, body = self._channel.receive_frame()
            self._warm.let_none_run()  # until it is asked again
            answer = read_answer(decode(head, body), self._number)
            self._watch.inspect()
            return answer
        except Closed:
            self._warm.let_none_run()  # who lives on, and writes, is not looked at any more
            if self._process.ended(SECONDS_TO_END):  # else it lives, and only closed its channel
                ticks = self._process.cpu_in_ticks()
                self._warm.refuse_if_killed(self._pid_inside, ticks, alone=self._alone)
                self._pid_inside = 0
            self.close()
            self._warm.refuse_if_ended()
            self._end("the process ended (an exit, a crash, or out of memory)")
        except wire.ProtocolError as error:
            self._end(f"it broke the protocol: {error}")
        except Expired as expired:
            self._end(reason(expired.limit, self.limits), expired.limit)
        except BaseException:  # half a frame may be on the way, so nothing more is asked
            self.ended = self.ended or "interrupted"
            self.close()
            raise

    def _refuse_if_slowed(self) -> None:
        """Raise KilledFromOutside if what is used up was used while the machine was slow."""
        for cpu, slowed in (self._asked, self._granted):
            if self._watch.slowed - slowed > MOST_SLOWED * (self.cpu - cpu):
                self.ended = SLOWED
                self.close()
                raise KilledFromOutside(SLOWED)

    def _end(self, reason: str, limit: Limit | None = None) -> NoReturn:
        """Kill the process, remember why, and say so."""
        if limit in OF_COMPUTING:
            self._refuse_if_slowed()
        self.ended, self._ended_by = reason, limit
        self.close()
        raise ProcessEnded(reason, limit)
