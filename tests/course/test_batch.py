"""Batches: every submission gets a result, whatever its worker does."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from course.batch import WORKER_DIED, grade_all
from course.submitted import HandedIn


class FakeGrader:
    """Does what the submission's bytes say: give a value, raise, or end the process."""

    def grade(self, student: str, data: bytes, *, file_name: str, problem: str) -> Any:
        match data.split():
            case [b"raise"]:
                raise RuntimeError("the grader is wrong")
            case [b"die"]:
                os.kill(os.getpid(), signal.SIGKILL)
            case [b"sleep", seconds]:
                time.sleep(float(seconds))
        return SimpleNamespace(student=student, process=os.getpid(), environment=dict(os.environ))


@contextmanager
def open_fake(log: Any = None) -> Iterator[FakeGrader]:
    yield FakeGrader()
    if log:
        log.with_name(str(os.getpid())).touch()


def hand_in(*programs: str) -> list[HandedIn]:
    return [HandedIn(f"s{i:02}", text.encode()) for i, text in enumerate(programs)]


def grade(*programs: str, processes: int = 2) -> dict[str, Any]:
    results = list(grade_all(hand_in(*programs), open_fake, processes))
    assert len(results) == len(programs)
    return {handed_in.student: done for handed_in, done in results}


def test_everybody_gets_a_result() -> None:
    results = grade(*["fine"] * 7)
    assert [results[name].graded.student for name in sorted(results)] == sorted(results)


def test_nothing_handed_in_gives_nothing() -> None:
    assert grade() == {}


def test_workers_compute_with_one_thread_each() -> None:
    assert grade("fine")["s00"].graded.environment["OPENBLAS_NUM_THREADS"] == "1"


def test_results_come_as_they_are_ready() -> None:
    results = grade_all(hand_in("sleep 2", "fine", "fine"), open_fake, 2)
    assert [handed_in.student for handed_in, _ in results][-1] == "s00"


def test_a_fault_of_ours_is_a_result_with_its_traceback() -> None:
    results = grade("fine", "raise", "fine")
    assert results["s01"].graded is None
    assert "RuntimeError: the grader is wrong" in results["s01"].fault
    assert results["s00"].graded
    assert results["s02"].graded


def test_a_worker_that_dies_costs_nobody_else_anything() -> None:
    results = grade("fine", "die", "fine", "sleep 0.2", "die", "fine", "fine")
    lost = {name: done for name, done in results.items() if done.graded is None}
    assert list(lost) == ["s01", "s04"]
    assert {done.fault for done in lost.values()} == {WORKER_DIED}


def test_workers_close_their_graders(tmp_path: Any) -> None:
    open_grader = partial(open_fake, tmp_path / "log")
    used = {
        str(done.graded.process)
        for _, done in grade_all(hand_in(*["sleep 0.3"] * 4), open_grader, 2)
        if done.graded
    }
    assert {path.name for path in tmp_path.iterdir()} == used
    assert len(used) == 2


def test_ending_early_ends_the_workers_and_closes_their_graders(tmp_path: Any) -> None:
    open_grader = partial(open_fake, tmp_path / "log")
    with closing(grade_all(hand_in("fine", "sleep 60", "sleep 60"), open_grader, 2)) as results:
        next(results)
        started = time.monotonic()
    assert time.monotonic() - started < 10
    assert not multiprocessing.active_children()
    assert list(tmp_path.iterdir())


@pytest.fixture(autouse=True)
def _nobody_stays() -> Iterator[None]:
    yield
    assert not multiprocessing.active_children()
