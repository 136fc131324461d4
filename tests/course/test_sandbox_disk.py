"""A submission writes so much and so many files, and leaves none."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from disks import small_disk
from sandboxes import HELP, SMALL, refused, warm_process

from course.errors import KilledFromOutside
from course.sandbox import room, sweep, watch
from course.sandbox.clock import Process
from course.sandbox.forks import WarmProcess
from course.sandbox.host import Child, ProcessEnded
from course.sandbox.turnstile import Turnstile
from course.sandbox.warmup import WarmHandle


@pytest.fixture
def child(child: Child) -> Child:
    child.run(HELP)
    return child


def test_one_file_is_limited(child: Child) -> None:
    assert refused(child, "open('f', 'wb').write(bytes(3 << 20))") == "OSError"
    assert refused(child, "open('f', 'wb').write(bytes(1 << 20))") == ""


FLOOD = """
for number in range(40):
    with open(f"f{number}", "wb") as file:
        file.write(bytes(1 << 20))
"""


def test_the_disk_is_limited(warm: WarmProcess, child: Child) -> None:
    if warm.isolation.tier == "bwrap":
        assert refused(child, FLOOD) == "OSError"
    else:
        with pytest.raises(ProcessEnded, match="too many or too large files") as ended:
            child.run(FLOOD)
        assert ended.value.limit == "folder"


def test_a_flood_of_files_is_noticed(child: Child) -> None:
    with pytest.raises(ProcessEnded, match="too many or too large files"):
        child.run("for number in range(400): open(f'f{number}', 'w').close()")


def test_files_of_a_process_that_stands_still_or_has_ended_are_not_anothers(
    warm: WarmProcess,
) -> None:
    """All that a warm process has forked share bubblewrap's file system, which counts them all."""
    make = "import os\nfor number in range(200): os.mkdir(str(number))"
    ample = replace(SMALL, cell_cpu=5.0)
    with WarmProcess(warm.isolation, ample) as ours, ours.fork() as first:
        assert first.run(make).error is None
        with ours.fork() as second:
            assert second.run(make).error is None
        assert first.run("os.mkdir('one'); os.rmdir('one')").error is None
        with pytest.raises(ProcessEnded, match="too many"):
            first.run(make.replace("str(number)", "f'more{number}'"))


def test_folders_of_ended_submissions_are_gone_whatever_they_hold(warm: WarmProcess) -> None:
    deep = """
import os
for number in range(200):
    os.mkdir("d" * 100)
    os.chdir("d" * 100)
os.mkdir("closed", 0)
open(b"\\xff\\xfe", "w").close()
"""
    with warm.fork() as child, contextlib.suppress(ProcessEnded):  # as the judge cannot look inside
        assert refused(child, deep) == ""
    with warm.fork() as child:
        assert child.run("import os; print(os.listdir('.'))").outputs[0].text == "[]\n"
        assert refused(child, "open('f', 'wb').write(bytes(1 << 20))") == ""
    folder = warm._handle and warm._handle.folder_on_disk
    if folder:
        with warm.fork():  # the warm process obeys in order, so by now it has removed the others
            assert len([path for path in folder.iterdir() if path.name != "home"]) == 1


def test_files_wait_until_they_are_let_in(
    warm: WarmProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the time between two counts there would be tens of thousands, and all to be removed."""
    found = []
    measure = WarmHandle.measure

    def measured(handle: WarmHandle, folder: str, process: Process) -> tuple[int, int]:
        size, files = measure(handle, folder, process)
        on_disk = handle.folder_on_disk  # where counting ends with the first one too many
        found.append(files if on_disk is None else len(list((on_disk / folder).iterdir())))
        return size, files

    monkeypatch.setattr(WarmHandle, "measure", measured)
    monkeypatch.setattr("course.sandbox.watch.SECONDS_BETWEEN_INSPECTIONS", 60.0)
    make = "import os\nfor each in range({}):\n    os.{}"
    few = replace(SMALL, cell_cpu=5.0, folder_files=500)
    with WarmProcess(warm.isolation, few) as ample, ample.fork() as child:
        for way in ("mkdir('one'); os.rmdir('one')", "open('two', os.O_CREAT | os.O_WRONLY)"):
            assert child.run(make.format(50, way)).error is None
    ways = ("mkdir(str(each))", "close(os.open(str(each), os.O_CREAT))")
    most = few.folder_files + watch.FILES_BETWEEN_COUNTS
    for way in ways:
        with (
            WarmProcess(warm.isolation, few) as ample,
            ample.fork() as child,
            pytest.raises(ProcessEnded) as ended,
        ):
            child.run(make.format(20_000, way))
        assert ended.value.limit == "folder"
        assert few.folder_files < max(found) <= most + 1


SIGNALS_MEANWHILE = """
import os, pathlib, signal
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
for _ in range(300):
    os.makedirs("a/b")
    pathlib.Path("a/c").mkdir()
    for folder in ("a/b", "a/c", "a"):
        os.rmdir(folder)
"""


def test_a_signal_makes_no_error_of_waiting_to_be_let_in(child: Child) -> None:
    """The stopwatch's own come twice a second, and on a full machine a folder waits for long."""
    assert child.run(SIGNALS_MEANWHILE).error is None


def test_files_without_a_name_are_asked_for_as_well(
    child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    let_in = Turnstile.let_in
    monkeypatch.setattr(Turnstile, "let_in", lambda *who: asked.append(who) or let_in(*who))
    assert refused(child, "for _ in range(50): os.close(os.open('.', os.O_TMPFILE | 2))") == ""
    assert len(asked) == 50


def test_a_submission_stands_still_while_its_files_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else it hides what it makes: in folders that are never where they were a moment ago."""
    states: list[str] = []
    count = sweep.measure
    with warm_process("landlock", replace(SMALL, cell_cpu=4.0)) as warm, warm.fork() as child:
        tasks = Path(f"/proc/{child._process.pid}/task")

        def measure(folder: Path, most: int) -> tuple[int, int]:
            threads = [(each / "stat").read_text() for each in tasks.iterdir()]
            states.extend(each.rpartition(") ")[2][0] for each in threads)
            return count(folder, most)

        monkeypatch.setattr(sweep, "measure", measure)
        child.run("import os, threading, time\nend = time.monotonic() + 0.9\nos.mkdir('one')")
        move = "while time.monotonic() < end: os.rename('one', 'two'); os.rename('two', 'one')"
        start = "for _ in range(3): threading.Thread(target=wait).start()"
        child.run(f"def wait():\n    while time.monotonic() < end: pass\n{start}\n{move}")
        assert child.run("print(os.listdir())").outputs[0].text == "['one']\n"
    assert len(states) > 4
    assert set(states) == {"T"}


def test_what_goes_while_it_is_counted_hides_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abcde":
        (tmp_path / name).write_bytes(bytes(4096))
    look = os.scandir

    @contextlib.contextmanager
    def scandir(folder: str) -> Iterator[list[os.DirEntry[str]]]:
        with look(folder) as entries:
            found = list(entries)
        Path(found[0].path).unlink()
        yield found

    monkeypatch.setattr(os, "scandir", scandir)
    size, files = sweep.measure(tmp_path, 10)
    assert (size >= 4 * 4096, files) == (True, 5)


def test_what_cannot_be_looked_into_counts_as_too_much(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / "file").write_bytes(bytes(1 << 20))
    assert sweep.measure(tmp_path, 10)[0] >= 1 << 20
    (tmp_path / "closed").chmod(0o300)
    size, files = sweep.measure(tmp_path, 10)
    assert size >= 1 << 20 or files > 10  # root may look into everything
    (tmp_path / "closed").chmod(0o700)
    (tmp_path / "closed" / "file").unlink()
    (tmp_path / "closed").rmdir()
    assert sweep.is_empty(tmp_path)
    assert sweep.is_empty(tmp_path / "gone")
    assert sweep.measure(tmp_path / "gone", 10) == (0, 0)


UNLINKED = """
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, *[ctypes.c_size_t] * 2, *[ctypes.c_int] * 2, ctypes.c_long]
for number in range(1000):
    with open("mallory", "wb+", 0) as file:
        os.unlink("mallory")
        assert libc.mmap(None, 4096, 1, 1, file.fileno(), 0) > 0
        file.write(bytes(1 << 20))
"""
"""Writes files that are in no folder, and of which a mapped page keeps all."""


def test_unlinked_files_do_not_fill_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path, megabytes=100):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        with warm_process("landlock", replace(SMALL, cell_cpu=4.0)) as warm:
            with warm.fork() as child, pytest.raises(ProcessEnded, match="too large files"):
                child.run(HELP + UNLINKED)
            with warm.fork() as child:
                assert child.run("print(1)").error is None


def test_a_disk_that_others_fill_is_no_fault_of_a_submission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "SECONDS_TO_RECOVER", 0.1)
    with small_disk(tmp_path, megabytes=60):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        with warm_process("landlock") as warm, warm.fork() as child:
            (tmp_path / "ballast").write_bytes(bytes(40 << 20))
            with pytest.raises(KilledFromOutside, match="full"):
                child.run("pass")


def test_room_that_comes_back_beside_others_blames_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two that are graded at once each judge sees the disk that one of them fills."""
    with small_disk(tmp_path, megabytes=200):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        with warm_process("landlock", replace(SMALL, folder_bytes=1 << 20)) as warm:
            for alone, expected in ((False, KilledFromOutside), (True, ProcessEnded)):
                warm.alone = alone
                with warm.fork() as child:
                    ballast = tmp_path / "ballast"
                    ballast.write_bytes(bytes(150 << 20))
                    other = threading.Timer(0.5, ballast.unlink)
                    other.start()
                    with pytest.raises(expected):
                        child.run("print(1)")
                    other.join()
