"""The room on the disk, of which the `landlock` tier has no more than everybody else."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from disks import small_disk
from sandboxes import SMALL, missing, warm_process

from course.errors import KilledFromOutside
from course.sandbox import room, watch
from course.sandbox.forks import WarmProcess
from course.sandbox.host import ProcessEnded
from course.sandbox.isolation import Isolation


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small one, on which the temporary folder is."""
    if missing("landlock"):
        pytest.skip(missing("landlock"))
    with small_disk(tmp_path, megabytes=60):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        yield tmp_path


def test_room_that_others_have_taken_already_was_free_at_first(
    disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who begins while another one fills the disk could else take the rest, and keep it."""
    ballast = disk / "ballast"
    with warm_process("landlock") as warm:
        with warm.fork() as child:
            child.run("pass")
        ballast.write_bytes(bytes(55 << 20))
        warm.alone = False
        with warm.fork() as child, pytest.raises(KilledFromOutside, match="full"):
            child.run("pass")
        warm.alone = True
        threading.Timer(0.3, ballast.unlink).start()
        with warm.fork() as child:  # nobody else runs, but one has not quite ended
            assert not ballast.exists()
            assert child.run("pass").error is None
        ballast.write_bytes(bytes(55 << 20))
        monkeypatch.setattr(room, "SECONDS_TO_RECOVER", 0.2)
        with warm.fork() as child:  # and this is nobody's who was graded
            assert child.run("pass").error is None


def test_it_is_looked_at_all_the_time(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times a second were too few: all of it was gone by then, for whoever grades, too."""
    monkeypatch.setattr(watch, "SECONDS_BETWEEN_INSPECTIONS", 60.0)
    with warm_process("landlock") as warm, warm.fork() as child:
        child.run("import time")
        threading.Timer(0.3, (disk / "ballast").write_bytes, [bytes(40 << 20)]).start()
        monkeypatch.setattr(room, "SECONDS_TO_RECOVER", 0.1)
        began = time.monotonic()
        with pytest.raises((KilledFromOutside, ProcessEnded)):
            child.run("time.sleep(1.2)")
        assert time.monotonic() - began < 1.0


def test_a_disk_too_full_to_begin_is_worth_another_try(disk: Path) -> None:
    with suppress(OSError), (disk / "ballast").open("wb", 0) as ballast:
        while ballast.write(bytes(4096)):
            pass
    with pytest.raises(KilledFromOutside, match="full"):
        WarmProcess(Isolation.of_tier("landlock"), SMALL).start()


FILES_IN_NO_FOLDER = """
import ctypes, mmap, os
call = ctypes.CDLL(None).mmap
call.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
while True:
    with open('x', 'wb') as file, open('x', 'rb') as again:
        call(None, 1, mmap.PROT_READ, mmap.MAP_PRIVATE, again.fileno(), 0)
    os.unlink('x')
"""


@pytest.mark.parametrize("alone", [True, False])
def test_what_is_mapped_takes_no_file_that_others_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alone: bool
) -> None:
    """It is in no folder and keeps no descriptor, and a disk has only so many files."""
    if missing("landlock"):
        pytest.skip(missing("landlock"))
    with small_disk(tmp_path, megabytes=60, files=2000):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        with warm_process("landlock") as warm:
            warm.alone = alone
            with warm.fork() as child:
                with pytest.raises(ProcessEnded if alone else KilledFromOutside) as ended:
                    child.run(FILES_IN_NO_FOLDER)
                assert ("too many" in str(ended.value)) is alone
            with warm.fork() as child:
                assert child.run("open('mine', 'w').close()").error is None
