"""Whose doing it was that a process ended: its own, or somebody else's. Trusted side."""

from __future__ import annotations

import os
import signal

from course.errors import KilledFromOutside

OUTSIDERS = (signal.SIGKILL, signal.SIGTERM)
"""The filter lets no submission send itself these."""
AT_A_LIMIT = (signal.SIGXCPU, signal.SIGKILL)
"""What the kernel sends at its own limit on CPU time, and a second later."""
IN_BWRAP = 128
"""What bubblewrap adds to the signal that ended what it runs."""
KILLED = (
    "the process {} was killed from outside: by somebody on this machine, or by the kernel because"
    " memory ran out (then lower c.Limits.memory_bytes or c.Course.processes)"
)
CHARGED = (
    "the kernel ended this submission for computing time that it did not use: it charges whoever"
    " runs when its clock ticks, and another submission may have slept whenever it did"
)


def is_outsiders(code: int) -> bool:
    """Whether what ended with this exit code, perhaps within bubblewrap, was ended from outside."""
    return -code in OUTSIDERS or code - IN_BWRAP in OUTSIDERS


def refuse(status: int, used: float, charged: float, most: int, *, alone: bool) -> None:
    """Raise KilledFromOutside unless a submission's process ended by its own doing.

    `status` is how it ended, `most` the CPU seconds at which the kernel ends it, by what it has
    `charged`. That may be many times what was `used`, and is the process's own doing only if no
    other one ran: who sleeps whenever a tick comes has its neighbour charged for all that it uses.
    """
    ended_by = -os.waitstatus_to_exitcode(status)
    if used >= most:
        return
    if charged >= most and ended_by in AT_A_LIMIT:
        if not alone:
            raise KilledFromOutside(CHARGED)
    elif ended_by in OUTSIDERS:
        raise KilledFromOutside(KILLED.format("of this submission"))
