"""One worker: it ends when it is told to, with everything closed, and not before it has to."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from course import workers
from course.submitted import HandedIn


def test_each_submission_has_an_hour() -> None:
    def left(_: HandedIn) -> float:
        return signal.getitimer(signal.ITIMER_VIRTUAL)[0]

    given = HandedIn("ada", b"")
    for _ in range(2):
        assert workers.attempt(left, given).graded == pytest.approx(workers.MOST_SECONDS, 0.01)
        assert left(given) == 0


OPENS_AND_IS_ENDED = """
import os, signal, sys, time
from contextlib import contextmanager
from pathlib import Path
from course import workers
from course.submitted import HandedIn
from course.errors import GraderFault

def is_ended():
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(5)

@contextmanager
def open_grader():
    Path(sys.argv[1]).touch()
    try:
        try:
            is_ended()
        except BaseException:
            {taken_for}
        yield print
    finally:
        Path(sys.argv[1]).unlink()

workers.start(open_grader)
{act}
time.sleep(60)
"""


@pytest.mark.parametrize("act", ["workers.get_ready()", "workers.grade(None)"])
@pytest.mark.parametrize("taken_for", ["raise", "raise GraderFault('a broken check')", "pass"])
def test_a_worker_that_is_ended_while_it_opens_leaves_nothing(
    tmp_path: Path, taken_for: str, act: str
) -> None:
    """Whatever the exception that ends it is taken for: who loads checks meets it as one there."""
    place = tmp_path / "open"
    code = OPENS_AND_IS_ENDED.format(taken_for=taken_for, act=act)
    ended = subprocess.run([sys.executable, "-c", code, str(place)], check=False, timeout=30)
    assert ended.returncode == 128 + signal.SIGTERM
    assert not place.exists()


IS_ENDED_WHILE_IT_READS = """
import os, signal, sys, time
from contextlib import contextmanager
from pathlib import Path
from course import workers
from course.submitted import HandedIn
from course.patience import OutOfPatience, within

def compute(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass

def read(_):
    try:
        within(0.2, lambda: compute(0.1) or os.kill(os.getpid(), signal.SIGTERM) or compute(5))
    except OutOfPatience:
        print("went on")

@contextmanager
def open_grader():
    Path(sys.argv[1]).touch()
    yield read
    compute(1)
    Path(sys.argv[1]).unlink()

workers.start(open_grader)
workers.grade(None)
"""


def test_the_time_limit_of_what_a_worker_reads_does_not_keep_it_from_ending(tmp_path: Path) -> None:
    """Closing takes longer than is left of it; a worker that went on would grade beside others."""
    place = tmp_path / "open"
    command = [sys.executable, "-c", IS_ENDED_WHILE_IT_READS, str(place)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, check=False, timeout=30)
    assert (ended.returncode, ended.stdout) == (128 + signal.SIGTERM, b"")
    assert not place.exists()
