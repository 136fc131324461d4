"""Grading on a cluster: as on one machine, by fit workers alone, whatever becomes of them."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny
from clusters import Cluster, cluster, eventually
from parcels import (
    POINTS,
    STUDENTS,
    command,
    make_course,
    open_course,
    open_looking,
    parcel_of,
    run,
)

from course import autograde, batch
from course.cluster import crew
from course.cluster.parcel import fingerprint
from course.config import load_settings
from course.record import Record
from course.sandbox import tiers
from course.submitted import HandedIn
from course.workers import Done

course = pytest.fixture(open_course)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("dask")) as made:
        yield made


@pytest.fixture
def dask(started: Cluster) -> Iterator[Cluster]:
    """A scheduler, to which each test brings its own workers."""
    yield started
    started.end_workers()


def points(results: autograde.Results) -> dict[str, float]:
    return {record.student: record.points for record in results.records}


@pytest.mark.slow
def test_the_command_grades_on_a_cluster_and_leaves_nothing_there(
    course: Path, dask: Cluster
) -> None:
    tiny.hand_in(course, "eve", {"double": "import os\ndef double(x):\n    os._exit(0)"})
    dask.add("--nthreads", "2")
    done = command(course, "--cluster", str(dask.file))
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    records = {
        path.parent.parent.name: Record.from_json(path.read_bytes())
        for path in course.glob("autograded/*/*/record.json")
    }
    assert {name: record.points for name, record in records.items()} == {**POINTS, "eve": 0.0}
    proved = records["ada"].isolation["proved"]
    assert "read test_double.py" in proved or records["ada"].isolation["tier"] == "none"
    assert eventually(lambda: not dask.temporary())
    assert [each.poll() for each in (*dask.workers, dask.scheduler)] == [None, None]


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_nothing_but_time(tmp_path: Path, dask: Cluster) -> None:
    course = make_course(tmp_path, crowd=8)
    dask.add()
    victim = dask.add()
    graded: list[str] = []

    def watch(record: Record) -> None:
        graded.append(record.student)
        if len(graded) == 2:
            victim.kill()

    results = run(course, dask.address, watch)
    assert results.complete
    assert {student: points(results)[student] for student in POINTS} == POINTS
    assert len(results.records) == len(set(graded)) == 12
    assert victim.wait() == -signal.SIGKILL
    assert eventually(lambda: not dask.temporary()), "its grading process did not end with it"


@pytest.mark.slow
def test_what_takes_two_workers_along_is_left_ungraded(course: Path, dask: Cluster) -> None:
    path = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    workers = [dask.add(**path) for _ in range(3)]
    programs = [b"fine", b"take the worker along", b"fine", b"fine"]
    everybody = [HandedIn(f"s{number}", data) for number, data in enumerate(programs)]
    with crew.gathered(dask.address, parcel_of(course, open_looking)) as gathered:
        given = {each.student: done for each, done in gathered.grade_all(everybody)}
    assert given.pop("s1") == Done(None, batch.WORKER_DIED, batch.WORKER_DIED)
    assert sorted(given) == ["s0", "s2", "s3"]
    assert all(done.graded for done in given.values())
    assert sorted(each.poll() or 0 for each in workers) == [-signal.SIGKILL, -signal.SIGKILL, 0]


@pytest.mark.slow
def test_what_was_ended_for_others_is_graded_once_more(
    course: Path, dask: Cluster, tmp_path: Path
) -> None:
    dask.add(PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    programs = [
        b"fine",
        *(b"crowded\0%d\0%b/%d" % (n, bytes(tmp_path), n) for n in (1, 9)),
        b"fine",
    ]
    everybody = [HandedIn(f"s{number}", data) for number, data in enumerate(programs)]
    with crew.gathered(dask.address, parcel_of(course, open_looking)) as gathered:
        given = {each.student: done for each, done in gathered.grade_all(everybody)}
    assert sorted(name for name, done in given.items() if done.graded) == ["s0", "s1", "s3"]
    assert given["s2"].fault == "it lacked room"
    assert [(tmp_path / name).read_text() for name in ("1", "9")] == ["xx", "xx"]


@pytest.mark.slow
def test_those_who_wait_for_another_try_do_not_fill_the_memory(
    course: Path, dask: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dask.add(PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    programs = [b"crowded\0%d\0%b/%d" % (1, bytes(tmp_path), number) for number in range(12)]
    monkeypatch.setattr(batch, "MOST_KEPT", len(programs[0]))
    read: list[bytes] = []

    def everybody() -> Iterator[HandedIn]:
        for data in programs:
            read.append(data)
            yield HandedIn(str(len(read)), data)

    given, most = 0, 0
    with crew.gathered(dask.address, parcel_of(course, open_looking)) as gathered:
        for _, done in gathered.grade_all(everybody()):
            assert done.graded
            given += 1
            most = max(most, len(read) - given)
    assert given == len(programs)
    assert most <= 4  # one more than may wait, and those that the worker had by then


def other_version(folder: Path) -> str:
    """A PYTHONPATH that makes a worker believe to have another Matplotlib."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import importlib.metadata as metadata\n"
        "found = metadata.version\n"
        "metadata.version = lambda name: '0.9' if name == 'matplotlib' else found(name)\n"
    )
    return str(folder)


@pytest.mark.slow
def test_unfit_workers_are_refused_at_once_and_later(tmp_path: Path, dask: Cluster) -> None:
    course = make_course(tmp_path, crowd=12)
    other = other_version(tmp_path / "other")
    unfit = dask.add(PYTHONPATH=other)
    done = command(course, "--cluster", dask.address)
    ours = fingerprint()["matplotlib"]
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("The worker tcp://127.0.0.1:")
    assert f"has matplotlib 0.9, and this machine matplotlib {ours}" in done.stderr
    assert not (course / "autograded").exists()
    unfit.terminate()
    unfit.wait(20)

    dask.add()
    late: list[object] = []

    def watch(record: Record) -> None:
        if not late:
            late.append(dask.add(PYTHONPATH=other))
        elif len(late) < 10:  # a few of them, for it to be noticed and refused
            late.append(time.sleep(0.6))

    results = run(course, dask.address, watch)
    assert results.complete
    assert len(results.records) == 16
    [sentence] = results.refused
    assert "has matplotlib 0.9, and this machine" in sentence
    assert {record.versions["matplotlib"] for record in results.records} == {ours}


@pytest.mark.slow
def test_a_worker_that_cannot_confine_is_refused(
    course: Path, tmp_path: Path, dask: Cluster
) -> None:
    here = tiers.choose()
    if here.tier != "bwrap":
        pytest.skip(f"this machine confines by {here.tier}, which needs no program")
    dask.add(PATH=str(tmp_path))  # where no bwrap is
    tiny.refused(
        lambda: run(course, dask.address),
        "The worker tcp://127.0.0.1:",
        "confines submissions by landlock and not, as is wanted, by bwrap",
    )
    assert not (course / "autograded").exists()


@pytest.mark.slow
def test_a_scheduler_that_goes_ends_the_run_and_loses_nothing(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    course = make_course(tmp_path, crowd=8)
    stored: list[str] = []
    with cluster(tmp_path_factory.mktemp("doomed")) as dask:

        def watch(record: Record) -> None:
            stored.append(record.student)
            if len(stored) == 2:
                dask.scheduler.kill()
                dask.scheduler.wait()

        dask.add()
        tiny.refused(lambda: run(course, dask.address, watch), "scheduler", "is gone", "same")
    results = tiny.grade(load_settings(course))
    assert results.complete
    assert results.unchanged == len(stored)
    assert {student: points(results)[student] for student in POINTS} == POINTS


@pytest.mark.slow
def test_an_interrupt_ends_the_run_and_leaves_the_cluster(tmp_path: Path, dask: Cluster) -> None:
    slow = {"double": "import time\ntime.sleep(8)\ndef double(x):\n    return x + x"}
    course = make_course(tmp_path)
    for student in ("zoe", "zora"):
        tiny.hand_in(course, student, slow)
    dask.add()
    stored: list[str] = []
    interrupted: list[float] = []

    def heed() -> None:
        if len(stored) == len(STUDENTS):
            interrupted.append(time.monotonic())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(course, dask.address, lambda record: stored.append(record.student), heed=heed)
    assert time.monotonic() - interrupted[0] < 6
    assert eventually(lambda: not dask.temporary(), 6), "it is still being graded"
    assert [each.poll() for each in (*dask.workers, dask.scheduler)] == [None, None]


@pytest.mark.slow
def test_a_scheduler_without_workers(
    course: Path, dask: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "SECONDS_TO_WAIT", 1.0)
    tiny.refused(lambda: run(course, dask.address), "no worker that can grade", "dask worker")
    assert not (course / "autograded").exists()
