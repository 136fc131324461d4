"""Attacks on the judge for the ablation: each with the layer that refuses it, and without."""

from __future__ import annotations

import contextlib
import json
import pickle
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import numpy as np
import tiny
from sandboxes import SMALL

from course.config import load_settings
from course.grading import Grader
from course.judge.expect import CheckFailed, require
from course.judge.proxy import InProcess, Submission
from course.judge.returned import Returned
from course.lab import Lab, LabCell
from course.release import release
from course.sandbox import channel, host, wire
from course.sandbox.forks import WarmProcess
from course.sandbox.isolation import Isolation
from course.sandbox.outcome import CellRun, Output, SubmissionError
from course.submission.repair import Cell, Repaired

STOPPED = "stopped"
TAKE_OVER = """
import gc, os, struct
service = next(
    each for each in gc.get_objects() if type(each).__name__ == "Service" and hasattr(each, "verbs")
)
encode = service.encode
"""


class OnTheJudge(NamedTuple):
    """An attack on the grader's own process; `attempt(on)` says what came of it."""

    name: str
    layer: str
    attempt: Callable[[], str]
    without: Callable[[], contextlib.AbstractContextManager[object]]

    def run(self, on: bool) -> str:
        """What comes of it, in a few words, with its layer or without."""
        with contextlib.nullcontext() if on else self.without():
            return self.attempt()


def _asked(source: str) -> Any:
    """What `f()` gives in a process that was taken over by this source."""
    with WarmProcess(Isolation("landlock", ("rlimits",)), SMALL) as warm, warm.fork() as child:
        child.run("def f(): return 1.0")
        child.run(TAKE_OVER + source)
        return child.call("f")


def answer_to_another_question() -> str:
    """Answer with the number of an earlier question, and so with whatever was prepared."""
    try:
        found = _asked("service.encode = lambda number, *rest: encode(number - 1, *rest)")
    except SubmissionError:
        return STOPPED
    return f"the judge took {found!r}"


def enormous_frame() -> str:
    """Announce a frame that no memory holds."""
    header = "struct.pack('!4sIQ', b'CSW1', 4, 1 << 60)"
    try:
        _asked(f"os.write(3, {header})")
    except SubmissionError:
        return STOPPED
    except (MemoryError, OverflowError):
        return "the judge ran out of memory"
    return "nothing"


def pickled_answer() -> str:
    """Answer with a pickle that makes a folder where it is read."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "mallory"
        bomb = b"\x80\x02cposix\nmkdir\n(V" + str(place).encode() + b"\ntR."
        with contextlib.suppress(SubmissionError):
            _asked(f"service.encode = lambda *answer: ({bomb!r}, b'')")
        return "its code ran in the judge" if place.exists() else STOPPED


def page_for_a_picture() -> str:
    """Say that a figure was drawn, and send a web page."""
    forge = "service.verbs['run'] = lambda *_: "
    forge += "('value', ([('display', '', b'<script src=//evil.test>', '')], None, None))"
    with WarmProcess(Isolation("landlock", ("rlimits",)), SMALL) as warm, warm.fork() as child:
        try:
            child.run(TAKE_OVER + forge)
            pictures = [output.png for output in child.run("1").outputs]
        except SubmissionError:
            return STOPPED
    return f"the report's picture is {pictures[0]!r}" if pictures else "nothing"


def _careless(value: object, accepts: Callable[[Any], bool]) -> str:
    """What a check makes of a value when its author compares carelessly."""
    submission = Submission(InProcess({"f": lambda: value}))
    try:
        require(bool(accepts(submission.f().number())))
    except CheckFailed:
        return STOPPED
    return "a careless check passed"


def not_a_number() -> str:
    """Return NaN to a check that refuses what is too far instead of accepting what is near."""
    return _careless(float("nan"), lambda got: not abs(got - 3.0) > 1e-9)


def infinity() -> str:
    """Return infinity to a check whose tolerance grows with what came."""
    return _careless(float("inf"), lambda got: abs(got - 3.0) <= 1e-6 * abs(got))


def empty_array() -> str:
    """Return no numbers at all, every one of which is right."""
    return _careless(np.empty(0), lambda got: bool(np.allclose(got, 3.0)))


def copied_grade_cell() -> str:
    """Solve one exercise of a small course, 4 points, and hand in its grade cell twice."""
    with tempfile.TemporaryDirectory() as folder:
        course = tiny.write_course(Path(folder) / "course")
        settings = load_settings(course)
        release(settings, tiny.LAB)
        notebook = tiny.filled(course, {"double": tiny.RIGHT["double"]})
        grade_cells = [each for each in notebook["cells"] if each["id"] == "test_double"]
        notebook["cells"] += grade_cells
        lab = Lab.load(settings, tiny.LAB)
        with Grader(settings, lab, Isolation.of_tier("landlock")) as grader:
            points = grader.grade("mallory", json.dumps(notebook).encode()).record.points
    return STOPPED if points == 4 else f"{points:g} points instead of 4"


def without_numbers() -> contextlib.AbstractContextManager[object]:
    """Whatever comes is the answer."""
    return mock.patch.object(host, "read_answer", lambda answer, number: answer[1:])


@contextlib.contextmanager
def without_caps() -> Iterator[None]:
    """A frame may be as large as it says."""
    with mock.patch.object(wire, "MAX_HEAD", 1 << 62):
        init = channel.Channel.__init__

        def unbounded(self: channel.Channel, end: Any, size: int, *rest: Any) -> None:
            init(self, end, 1 << 62, *rest)

        with mock.patch.object(channel.Channel, "__init__", unbounded):
            yield


def without_plain_data() -> contextlib.AbstractContextManager[object]:
    """Answers are unpickled, as other graders do; what is none is read as ever."""
    decode = host.decode

    def unpickle(head: bytes, body: bytes) -> Any:
        return pickle.loads(head) if head.startswith(b"\x80") else decode(head, body)

    return mock.patch.object(host, "decode", unpickle)


def without_claims() -> contextlib.AbstractContextManager[object]:
    """What a cell showed is believed."""

    def believe(claim: Any, *rest: Any) -> CellRun:
        return CellRun(tuple(Output(*each) for each in claim[0]), None, 0.0, None)

    return mock.patch.object(host, "read_run", believe)


def without_coercion() -> contextlib.AbstractContextManager[object]:
    """A check sees the value as it came."""
    return mock.patch.object(Returned, "number", lambda self: self.raw)


def without_repair() -> contextlib.AbstractContextManager[object]:
    """The notebook is taken as it was handed in."""

    def trust(cells: Any, lab: Lab) -> Repaired:
        named: dict[str, LabCell] = {cell.grade_id: cell for cell in lab.cells if cell.grade_id}
        found = [Cell(each.cell_type, each.source, named.get(each.grade_id)) for each in cells]
        return Repaired(tuple(found), (), len(found))

    return mock.patch("course.submission.opened.repair", trust)


ON_THE_JUDGE = (
    OnTheJudge(
        "answer another question",
        "wire: an answer has its question's number",
        answer_to_another_question,
        without_numbers,
    ),
    OnTheJudge(
        "announce a frame of an exabyte", "wire: caps on a frame", enormous_frame, without_caps
    ),
    OnTheJudge(
        "answer with a pickle that runs code",
        "wire: plain data alone",
        pickled_answer,
        without_plain_data,
    ),
    OnTheJudge(
        "send a web page as a picture",
        "wire: claims about a cell are checked",
        page_for_a_picture,
        without_claims,
    ),
    OnTheJudge("return NaN", "coercion of returned values", not_a_number, without_coercion),
    OnTheJudge("return infinity", "coercion of returned values", infinity, without_coercion),
    OnTheJudge(
        "return an empty array", "coercion of returned values", empty_array, without_coercion
    ),
    OnTheJudge("hand in a grade cell twice", "repair", copied_grade_cell, without_repair),
)
