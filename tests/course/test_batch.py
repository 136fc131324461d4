"""Batches: every submission gets a result, whatever its worker does."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from course import batch, workers
from course.batch import WORKER_DIED, grade_all, readied
from course.errors import KilledFromOutside
from course.sandbox.stopwatch import TimeLimit
from course.submitted import HandedIn

GROW = f"keep {256 << 20}"
kept: list[bytes] = []
"""What stays in a worker when a submission is graded."""


def fake_grade(handed_in: HandedIn) -> Any:
    """Do what the submission's bytes say: give a value, raise, or end the process."""
    match (handed_in.data or b"").split():
        case [b"raise"]:
            raise RuntimeError("the grader is wrong")
        case [b"late"]:
            raise TimeLimit
        case [b"die"]:
            os.kill(os.getpid(), signal.SIGKILL)
        case [b"compute", seconds]:
            start = time.process_time()
            while time.process_time() - start < float(seconds):
                pass
        case [b"keep", size]:
            kept.append(bytes([1]) * int(size))
        case [b"crowded"]:
            raise KilledFromOutside("it lacked room")
        case [b"sleep", seconds]:
            time.sleep(float(seconds))
    return SimpleNamespace(
        student=handed_in.student, process=os.getpid(), environment=dict(os.environ)
    )


@contextmanager
def open_impatiently() -> Iterator[Callable[[HandedIn], Any]]:
    """A grader that has a tenth of a second for the first submission, instead of an hour."""
    signal.setitimer(signal.ITIMER_VIRTUAL, 0.1)
    yield fake_grade


@contextmanager
def open_fake(log: Path | None = None) -> Iterator[Callable[[HandedIn], Any]]:
    yield fake_grade
    if log:
        log.with_name(str(os.getpid())).touch()


def hand_in(*programs: str) -> list[HandedIn]:
    return [HandedIn(f"s{i:02}", text.encode()) for i, text in enumerate(programs)]


def grade(*programs: str, processes: int = 2) -> dict[str, Any]:
    results = list(grade_all(hand_in(*programs), open_fake, processes))
    assert len(results) == len(programs)
    return {handed_in.student: done for handed_in, done in results}


@contextmanager
def open_alone(others: Path) -> Iterator[Callable[[HandedIn], Any]]:
    """One that grades whatever it is asked for, and says who was graded by then."""

    def grade(handed_in: HandedIn) -> Any:
        seen = {each.name for each in others.iterdir()}
        (others / "alone").touch(exist_ok=False)
        time.sleep(0.2)
        (others / "alone").unlink()
        return seen

    yield grade


def test_who_was_ended_for_others_is_graded_alone_when_all_are_done(tmp_path: Path) -> None:
    programs = ["crowded", "sleep 0.5", "crowded", "fine"]
    given: dict[str, Any] = {}
    for handed_in, done in grade_all(
        hand_in(*programs), open_fake, 2, open_alone=partial(open_alone, tmp_path)
    ):
        (tmp_path / handed_in.student).touch()
        given[handed_in.student] = done.graded
    assert list(given) == ["s03", "s01", "s00", "s02"]
    assert (given["s00"], given["s02"]) == ({"s01", "s03"}, {"s00", "s01", "s03"})


def test_those_who_wait_for_another_try_do_not_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = len(b"crowded" * 2)
    monkeypatch.setattr(batch, "MOST_KEPT", kept)
    programs = iter(hand_in(*["crowded"] * 12, "fine"))
    read: list[str] = []
    given: list[str] = []
    most = 0
    for handed_in, _ in grade_all(_noted(programs, read), open_fake, 2):
        given.append(handed_in.student)
        most = max(most, len(read) - len(given))
    assert sorted(given) == [f"s{number:02}" for number in range(13)]
    assert most <= 3 + 3  # one more than may wait, and those that were with the workers by then


def _noted(programs: Iterator[HandedIn], read: list[str]) -> Iterator[HandedIn]:
    for each in programs:
        read.append(each.student)
        yield each


@contextmanager
def open_growing() -> Iterator[Callable[[HandedIn], Any]]:
    """A grader whose worker may keep a quarter of a GiB, instead of a whole one."""
    workers.MOST_KEPT = 256 << 20
    yield fake_grade


@pytest.mark.parametrize("left", [0, 5])
def test_when_a_worker_has_grown_fresh_ones_go_on(left: int) -> None:
    """And who was ended for others before that is graded once more, as ever."""
    programs = ["crowded", GROW, *["sleep 0.2"] * left]
    with readied(open_growing, 2, 2) as crew:
        given = list(grade_all(hand_in(*programs), open_growing, 2, crew=crew))
    assert len(given) == len({each.student for each, _ in given}) == len(programs)
    assert [each.student for each, done in given if not done.graded] == ["s00"]
    grown = next(done for each, done in given if each.student == "s01")
    assert grown.worn
    assert not left or given[-1][1].graded.process != grown.graded.process
    assert not multiprocessing.active_children()


def test_who_is_ended_without_others_is_at_fault() -> None:
    for processes in (1, 2):
        done = grade("crowded", "fine", processes=processes)["s00"]
        assert (done.graded, done.fault) == (None, "it lacked room")


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
    results = grade("fine", "raise", "fine", "late")
    assert results["s01"].graded is None
    assert "RuntimeError: the grader is wrong" in results["s01"].fault
    assert results["s01"].reason == (
        "The grader itself failed here (RuntimeError), so this is to be graded again."
    )
    assert results["s00"].graded
    assert results["s02"].graded
    assert "TimeLimit" in results["s03"].reason


def test_a_worker_that_dies_costs_nobody_else_anything() -> None:
    results = grade("fine", "die", "fine", "sleep 0.2", "die", "fine", "fine")
    lost = {name: done for name, done in results.items() if done.graded is None}
    assert list(lost) == ["s01", "s04"]
    assert {done.reason for done in lost.values()} == {WORKER_DIED}


def test_workers_close_their_graders(tmp_path: Path) -> None:
    open_grader = partial(open_fake, tmp_path / "log")
    used = {
        str(done.graded.process)
        for _, done in grade_all(hand_in(*["sleep 0.3"] * 4), open_grader, 2)
        if done.graded
    }
    assert {path.name for path in tmp_path.iterdir()} == used
    assert len(used) == 2


def test_a_worker_that_computes_for_ever_is_lost_and_the_others_are_graded() -> None:
    results = list(grade_all(hand_in("compute 60", "fine"), open_impatiently, 2))
    lost = {each.student: done.reason for each, done in results if not done.graded}
    assert lost == {"s00": WORKER_DIED}


def test_ending_early_ends_the_workers_and_closes_their_graders(tmp_path: Path) -> None:
    open_grader = partial(open_fake, tmp_path / "log")
    with closing(grade_all(hand_in("fine", "sleep 60", "sleep 60"), open_grader, 2)) as results:
        next(results)
        started = time.monotonic()
    assert time.monotonic() - started < 10
    assert not multiprocessing.active_children()
    assert list(tmp_path.iterdir())


@contextmanager
def open_telling(folder: Path) -> Iterator[Callable[[HandedIn], Any]]:
    (folder / str(os.getpid())).touch()
    yield fake_grade


def test_a_crew_opens_its_graders_before_there_is_work(tmp_path: Path) -> None:
    open_grader = partial(open_together, tmp_path)
    with readied(open_grader, 2, 2) as crew:
        assert eventually(lambda: len(list(tmp_path.iterdir())) == 2)
        results = grade_all(hand_in(*["sleep 0.3"] * 4), open_grader, 2, crew=crew)
        used = {str(done.graded.process) for _, done in results if done.graded}
    assert used == {path.name for path in tmp_path.iterdir()}
    assert not multiprocessing.active_children()


def test_a_crew_without_work_is_not_waited_for(tmp_path: Path) -> None:
    with readied(partial(open_slowly, tmp_path), 2, 2):
        assert eventually(lambda: len(list(tmp_path.iterdir())) == 2)
        started = time.monotonic()
    assert time.monotonic() - started < 10
    assert not multiprocessing.active_children()


def test_whoever_of_a_crew_dies_costs_nobody_else_anything() -> None:
    with readied(open_fake, 2, 2) as crew:
        results = grade_all(hand_in("fine", "die", "fine", "fine"), open_fake, 2, crew=crew)
        lost = {each.student: done.reason for each, done in results if not done.graded}
    assert lost == {"s01": WORKER_DIED}


def test_a_crew_that_cannot_get_ready_says_so_when_it_is_to_grade() -> None:
    with readied(open_nothing, 1, 1) as crew:
        ((_, done),) = grade_all(hand_in("fine"), open_nothing, 1, crew=crew)
    assert "RuntimeError: nothing opens" in done.fault


@contextmanager
def open_together(folder: Path) -> Iterator[Callable[[HandedIn], Any]]:
    """Open when another worker does, too."""
    (folder / str(os.getpid())).touch()
    assert eventually(lambda: len(list(folder.iterdir())) == 2)
    yield fake_grade


@contextmanager
def open_slowly(folder: Path) -> Iterator[Callable[[HandedIn], Any]]:
    (folder / str(os.getpid())).touch()
    time.sleep(60)
    yield fake_grade


@contextmanager
def open_nothing() -> Iterator[Callable[[HandedIn], Any]]:
    raise RuntimeError("nothing opens")
    yield fake_grade


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_the_process_that_started_them(how: int, tmp_path: Path) -> None:
    program = (
        "import signal, sys; from functools import partial; from pathlib import Path\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell may have it ignored
        f"from {__name__} import grade_all, hand_in, open_telling\n"
        "list(grade_all(hand_in(*['sleep 60'] * 4), partial(open_telling, Path(sys.argv[1])), 2))"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stderr=subprocess.DEVNULL,
    )
    assert eventually(lambda: len(list(tmp_path.iterdir())) == 2)
    parent.send_signal(how)
    parent.wait(20)
    workers = [int(path.name) for path in tmp_path.iterdir()]
    assert eventually(lambda: not any(is_running(worker) for worker in workers))


def test_prepared_workers_are_forked_where_all_is_imported_and_end_with_the_parent(
    tmp_path: Path,
) -> None:
    program = f"""
import os, signal, sys
from functools import partial
from pathlib import Path
from course import batch
from {__name__} import grade_all, hand_in, open_fake, open_imported
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    before = dict(os.environ)
    batch.prepare()
    assert dict(os.environ) == before
    (told, done), = grade_all(hand_in("fine"), partial(open_imported, Path(sys.argv[1])), 1)
    assert done.graded.environment["OPENBLAS_NUM_THREADS"] == "1"
    results = grade_all(hand_in("fine", "die", "raise", "fine"), open_fake, 2)
    lost = {{each.student: done.fault[:10] for each, done in results if not done.graded}}
    assert lost == {{"s01": batch.WORKER_DIED[:10], "s02": "Traceback "}}, lost
"""
    file = tmp_path / "program.py"
    file.write_text(program, encoding="utf-8")
    told = tmp_path / "told"
    told.mkdir()
    (told / "course.py").write_text("raise SystemExit('this is not the grader')")
    done = subprocess.run(
        [sys.executable, file, told],
        cwd=told,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=False,
    )
    assert done.returncode == 0
    assert (told / "imported").read_text() == "one thread"
    server = int((told / "server").read_text())
    assert eventually(lambda: not is_running(server))


def test_a_long_path_for_temporary_files_only_costs_time(tmp_path: Path) -> None:
    long = tmp_path / ("long" * 20)
    long.mkdir()
    program = f"""
import multiprocessing
from course import batch
from {__name__} import grade_all, hand_in, open_fake
if __name__ == "__main__":
    batch.prepare()
    assert multiprocessing.get_start_method() == "spawn"
    (_, done), = grade_all(hand_in("fine"), open_fake, 1)
    assert done.graded
"""
    file = tmp_path / "program.py"
    file.write_text(program, encoding="utf-8")
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, file],
        env={**os.environ, "PYTHONPATH": path, "TMPDIR": str(long)},
        check=False,
    )
    assert done.returncode == 0


@contextmanager
def open_imported(folder: Path) -> Iterator[Callable[[HandedIn], Any]]:
    """Tell who forked this worker, with how many threads, and whether all was imported there."""
    server = os.getppid()
    (folder / "server").write_text(str(server))
    threads = len(list(Path(f"/proc/{server}/task").iterdir()))
    imported = f"'{workers.NEEDED}'" in Path(f"/proc/{server}/cmdline").read_text()
    assert workers.NEEDED in sys.modules
    (folder / "imported").write_text("one thread" if imported and threads == 1 else str(threads))
    yield fake_grade


def eventually(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def is_running(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


@pytest.fixture(autouse=True)
def _nobody_stays() -> Iterator[None]:
    yield
    assert not multiprocessing.active_children()
