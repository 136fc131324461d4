"""What one submission has left: computing, waiting, text, outputs and figures. Trusted side.

Limits are ceilings for one thing at a time; the budget keeps many cheap things from adding up.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from course.sandbox.limits import Limits
from course.sandbox.outcome import CellRun, Limit, TimeLimit

PNG_SIZE = struct.Struct("!8x4x4sII")
"""Signature, length and name of the first chunk, then the picture's width and height."""
MOST_PIXELS = 1 << 25
"""Of one picture: a reader's browser takes four bytes for each, however few they were as a PNG."""
ALL_PIXELS = 8 * MOST_PIXELS
"""Of all pictures of a submission, which stand in one page."""

REASONS: dict[Limit, str] = {
    "cell_cpu": "the cell did not stop when its computing time was used up",
    "call_cpu": "the call did not stop when its computing time was used up",
    "wall": "the code waited too long without computing",
    "submission_cpu": "the computing time of the whole submission is used up",
    "folder": "the submission wrote too many or too large files",
    "processes": "it started more than {processes} threads",
}


def reason(limit: Limit, limits: Limits) -> str:
    """Why a submission was ended at this limit, as its student reads it."""
    return REASONS[limit].format(processes=limits.processes)


class Allowance(NamedTuple):
    """How long one request may take, in CPU seconds and in seconds of waiting, by which limit."""

    limit: Limit
    cpu: float
    wall: float

    def time_limit(self) -> TimeLimit:
        """What a check hears when the CPU seconds are used up."""
        return TimeLimit(self.limit, self.cpu)


class Budget:
    """The limits of a whole submission, and how much of them is left."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.figures = limits.figures
        self.text = limits.submission_output_bytes
        self.outputs = limits.submission_outputs
        self.picture_bytes = limits.submission_figure_bytes
        self.pixels = ALL_PIXELS
        self.renew(0.0)

    def renew(self, used_cpu: float) -> None:
        """Grant a submission's time once more, whatever its process has used by now."""
        self._cpu_end = used_cpu + self.limits.submission_cpu
        self.wall = self.limits.wall(self.limits.submission_cpu)

    def charge(self, cpu: float) -> None:
        """Take off the time that somebody else has computed on its behalf."""
        self._cpu_end -= cpu

    def allow(self, limit: Limit, used_cpu: float) -> Allowance | None:
        """What the next request may take: its own limit or what is left; None if nothing is."""
        cpu: float = getattr(self.limits, limit)
        left = self._cpu_end - used_cpu
        if left < cpu:
            cpu, limit = left, "submission_cpu"
        wall = min(self.limits.wall(cpu), self.wall)
        return Allowance(limit, cpu, wall) if cpu > 0 and wall > 0 else None

    def keep(self, run: CellRun) -> None:
        """Take off what is kept of a cell's outputs."""
        pictures = [output.png for output in run.outputs if output.png is not None]
        self.figures -= len(pictures)
        self.picture_bytes -= sum(map(len, pictures))
        self.pixels -= sum(map(pixels_of, pictures))
        self.outputs -= len(run.outputs)
        text = sum(len(output.text.encode()) for output in run.outputs)
        text += len(run.error.trace.encode()) if run.error is not None else 0
        self.text = max(0, self.text - text)


def pixels_of(png: bytes) -> int:
    """How many pixels a picture claims to have, and a browser makes room for."""
    _, width, height = PNG_SIZE.unpack_from(png)
    return int(width * height)
