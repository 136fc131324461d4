"""What travels to a cluster, and the process there that grades it."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tiny
from clusters import eventually
from parcels import open_course, open_looking, parcel_of

from course import batch
from course.cluster import process, worker
from course.cluster.parcel import CODE, fingerprint
from course.config import load_settings
from course.errors import ConfigurationError
from course.sandbox.isolation import Isolation
from course.submitted import HandedIn
from course.workers import Done

course = pytest.fixture(open_course)


# --- what travels -----------------------------------------------------------------------------


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
    fourth = grading(b"grow").graded
    assert fourth.process != third.process
    assert grading(b"fine").graded.process != fourth.process


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
