"""Warm processes for the tests of the sandbox: one for each tier that works on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest

from course.errors import GraderFault
from course.sandbox.forks import WarmProcess
from course.sandbox.host import Child
from course.sandbox.isolation import Isolation
from course.sandbox.limits import KIB, MIB, Limits
from course.sandbox.stopwatch import SIGNALS

TIERS = ("bwrap", "landlock")
DEAF = f"""
import signal
for number in {[int(each) for each in SIGNALS]}:
    signal.signal(number, signal.SIG_IGN)
"""
"""What has no time limit stop it from within."""
SMALL = Limits(
    cell_cpu=0.6,
    call_cpu=0.4,
    submission_cpu=20.0,
    grace_cpu=0.4,
    wall_factor=3.0,
    wall_least=1.5,
    memory_bytes=1 << 30,
    file_bytes=2 * MIB,
    folder_bytes=8 * MIB,
    folder_files=300,
    output_bytes=20 * KIB,
    outputs=50,
    figures=6,
    figure_bytes=200 * KIB,
    frame_bytes=16 * MIB,
)
"""Limits that are hit quickly."""
HELP = """
import ctypes, os, resource, signal, socket, subprocess, sys, threading
libc = ctypes.CDLL(None, use_errno=True)
def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result
"""


@cache
def missing(tier: str) -> str:
    """Why a tier does not work here, or nothing."""
    try:
        with WarmProcess(Isolation.of_tier(tier), SMALL) as warm, warm.fork() as child:
            child.run("pass")
    except GraderFault as fault:
        return str(fault)
    return ""


@contextmanager
def warm_process(
    tier: str, limits: Limits = SMALL, without: tuple[str, ...] = ()
) -> Iterator[WarmProcess]:
    """A warm process of a tier, skipping the test where it does not work."""
    if missing(tier):
        pytest.skip(f"{tier} does not work here: {missing(tier)}")
    whole = Isolation.of_tier(tier)
    layers = tuple(layer for layer in whole.layers if layer not in without)
    with WarmProcess(Isolation(tier, layers), limits) as warm:
        yield warm


def refused(child: Child, source: str) -> str:
    """The class of the error that a cell ends with, or nothing when it succeeds."""
    error = child.run(source).error
    return error.kind if error else ""
