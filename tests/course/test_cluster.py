"""Grading on a cluster: as on one machine, by fit workers alone, whatever becomes of them."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest
import tiny
from clusters import Cluster, cluster, eventually

from course import autograde, batch
from course.cluster import crew, process, scheduler, worker
from course.cluster.parcel import CODE, Parcel, fingerprint
from course.config import Settings, load_settings
from course.errors import ConfigurationError, KilledFromOutside
from course.lab import Lab
from course.record import Record
from course.release import release
from course.sandbox import tiers
from course.sandbox.isolation import Isolation
from course.submitted import HandedIn
from course.workers import Done

NONE = Isolation.of_tier("none")
STUDENTS = {"ada": tiny.RIGHT, "ben": tiny.HALF, "cy": tiny.WRONG, "dee": {}}
POINTS = {"ada": 10.0, "ben": 3.5, "cy": 0.0, "dee": 0.0}


def make_course(folder: Path, crowd: int = 0, config: str = "") -> Path:
    """A released course in which STUDENTS have handed in, and a crowd that does all right."""
    course = tiny.write_course(folder / "course")
    with (course / "course_config.py").open("a") as file:
        file.write(config)
    release(load_settings(course), tiny.LAB)
    for student, typed in STUDENTS.items():
        tiny.hand_in(course, student, typed)
    for number in range(crowd):
        tiny.hand_in(course, f"student{number:02}", tiny.RIGHT)
    return course


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return make_course(tmp_path)


def parcel_of(course: Path, opener: Any, tier: str = "none") -> Parcel[Any]:
    settings = load_settings(course).override(isolation="none")
    lab = Lab.load(settings, tiny.LAB)
    return Parcel.of(settings, lab, Isolation.of_tier(tier), opener)


def run(
    course: Path, where: str, watch: Callable[[Record], None] = lambda record: None, **how: Any
) -> autograde.Results:
    with autograde.planned(load_settings(course), tiny.LAB, cluster=where) as what:
        return autograde.run(what, watch, **how)


# --- what travels -----------------------------------------------------------------------------


@contextmanager
def open_looking(
    settings: Settings, lab: Lab, isolation: Isolation
) -> Iterator[Callable[[HandedIn], Any]]:
    """A grader that tells what it was given, and does what the submission's bytes say."""

    def look(handed_in: HandedIn) -> Any:
        match (handed_in.data or b"").split(b"\0"):
            case [b"crowded", times, place]:
                with open(place, "ab") as tries:  # noqa: PTH123 (bytes)
                    tries.write(b"x")
                    if tries.tell() <= int(times):
                        raise KilledFromOutside("it lacked room")
            case [b"raise"]:
                raise RuntimeError("the grader is wrong")
            case [b"die"]:
                os.kill(os.getpid(), signal.SIGKILL)
            case [b"take the worker along"]:
                os.kill(os.getppid(), signal.SIGKILL)
                time.sleep(30)
            case [b"sleep"]:
                time.sleep(30)
        return SimpleNamespace(
            process=os.getpid(),
            root=settings.root,
            mode=stat.S_IMODE(settings.root.stat().st_mode),
            files=sorted(str(each.relative_to(settings.root)) for each in settings.root.rglob("*")),
            settings=settings,
            threads=os.environ.get("OPENBLAS_NUM_THREADS"),
        )

    yield look


def test_a_lab_travels_whole_and_passwords_stay_at_home(course: Path) -> None:
    with (course / "course_config.py").open("a") as file:
        file.write('c.CourseDirectory.db_url = "postgresql://me:hunter2@db/marks"\n')
    (course / "tests" / tiny.LAB / "data").mkdir()
    (course / "tests" / tiny.LAB / "data" / "xs.csv").write_text("1,2")
    packed = parcel_of(course, open_looking)
    assert b"hunter2" not in packed.packed()
    with packed.opened() as (isolation, grade):
        seen = grade(HandedIn("ada"))
        assert isolation.tier == "none"
        assert (seen.root / "tests" / tiny.LAB / "data" / "xs.csv").read_text() == "1,2"
        assert seen.settings.secret == load_settings(course).secret
    assert seen.root != course
    assert seen.mode == 0o700
    assert not seen.root.exists()


def test_a_lab_that_changed_on_its_way_is_refused(course: Path) -> None:
    packed = parcel_of(course, open_looking)
    files = {**packed.files, f"tests/{tiny.LAB}/test_new.py": b""}
    with (
        pytest.raises(ConfigurationError, match="another lab"),
        replace(packed, files=files).opened(),
    ):
        raise AssertionError("it was opened")


def test_weaker_isolation_is_refused_and_stronger_is_not(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Isolation("landlock", ("rlimits",), passed_over=(("bwrap", "it is not installed"),))
    monkeypatch.setattr("course.cluster.parcel.choose_isolation", lambda *_: found)
    with (
        pytest.raises(ConfigurationError) as refused,
        parcel_of(course, open_looking, "bwrap").opened(),
    ):
        raise AssertionError("it was opened")
    assert str(refused.value) == (
        "confines submissions by landlock and not, as is wanted, by bwrap "
        "(bwrap: it is not installed)"
    )
    with parcel_of(course, open_looking, "none").opened() as (isolation, _):
        assert isolation is found


def test_what_killed_processes_left_is_removed(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    old, young = tmp_path / "course-cluster-old", tmp_path / "course-cluster-young"
    for folder in (old, young):
        (folder / "tests").mkdir(parents=True)
    os.utime(old, (time.time() - 1000,) * 2)
    with parcel_of(course, open_looking).opened() as (_, grade):
        root = grade(HandedIn("ada")).root
        os.utime(root, (time.time() - 1000,) * 2)
        with parcel_of(course, open_looking).opened():
            assert root.exists(), "it is in use"
        assert not old.exists()
        assert young.exists(), "somebody may be about to lock it"


def test_another_version_is_refused_by_name_and_the_code_counts_too() -> None:
    wanted = fingerprint()
    process.refuse_another(wanted)
    with pytest.raises(ConfigurationError) as refused:
        process.refuse_another({**wanted, "numpy": "1.0", CODE: "other"})
    assert str(refused.value) == (f"has numpy {wanted['numpy']}, and this machine numpy 1.0")
    with pytest.raises(ConfigurationError, match=f"has {CODE} {wanted[CODE]}, and this machine"):
        process.refuse_another({**wanted, CODE: "other"})


# --- a grading process ------------------------------------------------------------------------


@pytest.fixture
def grading(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[bytes], Any]]:
    """What a worker's thread does for a submission, without Dask around it."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    name = str(tmp_path)
    common = (name, fingerprint(), parcel_of(course, open_looking).packed())
    yield lambda data: worker.grade(*common, HandedIn("ada", data))
    worker.end(name)


def test_a_process_stays_until_its_grader_fails_or_dies(grading: Callable[[bytes], Any]) -> None:
    first, second = grading(b"fine").graded, grading(b"fine").graded
    assert first.process == second.process != os.getpid()
    assert first.threads == "1"
    failed = grading(b"raise")
    assert failed.reason.startswith("The grader itself failed here (RuntimeError)")
    assert "RuntimeError: the grader is wrong" in failed.fault
    third = grading(b"fine").graded
    assert third.process != first.process
    assert grading(b"die") == Done(None, batch.WORKER_DIED, batch.WORKER_DIED)
    assert grading(b"fine").graded.process != third.process


def test_a_run_that_ends_ends_what_is_graded(
    grading: Callable[[bytes], Any], tmp_path: Path
) -> None:
    grading(b"fine")
    given: list[Any] = []
    thread = threading.Thread(target=lambda: given.append(grading(b"sleep")))
    thread.start()
    time.sleep(0.3)
    worker.end(str(tmp_path))
    thread.join(10)
    assert isinstance(given[0], worker.Refused)
    assert eventually(lambda: not list((tmp_path / "temporary").iterdir())), "a lab was left there"


def test_a_process_says_why_it_may_not_grade(course: Path) -> None:
    packed = parcel_of(course, print).packed()
    other = worker.prove("another", {**fingerprint(), "numpy": "1.0"}, packed)
    assert isinstance(other, worker.Refused)
    assert "numpy 1.0" in other.reason
    weak = worker.prove("weak", fingerprint(), parcel_of(course, print, "bwrap").packed())
    assert weak == worker.Refused("confines submissions by none and not, as is wanted, by bwrap")


# --- reaching a scheduler -----------------------------------------------------------------------


def test_nothing_of_dask_speaks_but_for_what_is_critical(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scheduler, "_client", lambda connect, address: MagicMock())
    with scheduler.connected("tcp://10.0.0.1:8786"):
        names = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
        assert len(names) > 1
        loud = [name for name in names if logging.getLogger(name).isEnabledFor(logging.ERROR)]
        assert loud == []


@pytest.mark.parametrize("where", ["tcp://h:8786", "tls://h.example.org:1", "h:8786", "[::1]:9"])
def test_addresses(where: str) -> None:
    assert scheduler.address_of(where) == where


@pytest.mark.parametrize(
    "where", ["nowhere", "tcp://h", "http://h:1", "tcp://h:1/x", "no.json", "."]
)
def test_what_is_no_address(where: str) -> None:
    tiny.refused(lambda: scheduler.address_of(where), "--cluster", repr(where), "scheduler file")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"address": 3}', '{"address": "http://x"}', "\0"]
)
def test_what_is_no_scheduler_file(text: str, tmp_path: Path) -> None:
    file = tmp_path / "scheduler.json"
    file.write_text(text)
    tiny.refused(lambda: scheduler.address_of(str(file)), str(file), "no scheduler file")


def test_a_scheduler_file_names_the_address(tmp_path: Path) -> None:
    file = tmp_path / "scheduler.json"
    file.write_text(json.dumps({"type": "Scheduler", "address": "tcp://10.0.0.1:8786"}))
    assert scheduler.address_of(str(file)) == "tcp://10.0.0.1:8786"


@pytest.mark.parametrize("listening", [True, False])
def test_an_address_that_answers_nothing(
    listening: bool, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(scheduler, "SECONDS_TO_CONNECT", 1.0)
    monkeypatch.setattr(scheduler, "SECONDS_TO_PICK_UP", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        where = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        if not listening:
            server.close()
        tiny.refused(lambda: run(course, where), "No Dask scheduler", where)
    assert not (course / "autograded").exists()
    assert not (course / "gradebook.db").exists()


def test_without_dask_one_sentence_says_so(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    tiny.refused(lambda: run(course, "tcp://127.0.0.1:8786"), "needs Dask", "course[cluster]")


def test_processes_are_not_a_clusters_matter(course: Path) -> None:
    done = command(course, "--cluster", "tcp://127.0.0.1:8786", "--processes", "2")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--processes is for this machine" in done.stderr


def test_nobody_waits_for_dask_who_does_not_use_it() -> None:
    program = (
        "import sys, course.cli, course.autograde\n"
        "print([name for name in sys.modules if name in ('dask', 'distributed', 'course.cluster')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


# --- real clusters ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("dask")) as made:
        yield made


@pytest.fixture
def dask(started: Cluster) -> Iterator[Cluster]:
    """A scheduler, to which each test brings its own workers."""
    yield started
    started.end_workers()


def command(course: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = "from course.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "autograde", tiny.LAB, *arguments],
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
    )


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
