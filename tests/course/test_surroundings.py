"""Closed standard streams, and what the machine refuses: one sentence, and nothing is lost."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tiny

from course.config import load_settings
from course.errors import ConfigurationError
from course.release import release
from course.surroundings import explained

CLOSED_FIRST = """
import os, sys
for number in map(int, sys.argv.pop(1).split(",")):
    os.close(number)
run = "from course.cli import main; main()"
os.execv(sys.executable, [sys.executable, "-c", run, *sys.argv[1:]])
"""


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = tiny.write_course(tmp_path_factory.mktemp("surroundings") / "course")
    release(load_settings(course), tiny.LAB)
    tiny.hand_in(course, "ada", tiny.RIGHT)
    return course


@pytest.fixture
def course(released: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(released, tmp_path / "course"))


@pytest.mark.parametrize("closed", ["0", "1", "2", "0,1", "0,1,2"])
def test_a_class_is_graded_with_standard_streams_closed(course: Path, closed: str) -> None:
    command = [sys.executable, "-c", CLOSED_FIRST, closed, "autograde", tiny.LAB]
    ended = subprocess.run(command, cwd=course, capture_output=True, check=False)
    assert (ended.returncode, b"Traceback" in ended.stderr) == (0, False), ended.stderr
    record = course / "autograded" / "ada" / tiny.LAB / "record.json"
    assert '"status": "graded"' in record.read_text(encoding="utf-8")


def test_an_output_without_room_is_a_sentence(course: Path) -> None:
    command = [sys.executable, "-c", "from course.cli import main; main()", "--help"]
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        ended = subprocess.run(
            command, cwd=course, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert ended.returncode == 2
    assert ended.stderr.count(b"\n") == 1
    assert b"No space left on device" in ended.stderr


def test_what_the_machine_refuses_names_the_file() -> None:
    said = r"^/some/file cannot be used .*denied.*again\.$"
    with pytest.raises(ConfigurationError, match=said), explained():
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/some/file")


def test_what_the_machine_does_not_refuse_is_a_fault_of_ours() -> None:
    with pytest.raises(FileNotFoundError), explained():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "/some/file")


def start_nothing() -> None:
    """As a pool of workers does, which waits for a thread that never began."""
    try:
        raise RuntimeError("can't start new thread")
    finally:
        raise RuntimeError("cannot join thread before it is started")


def test_no_thread_to_be_had_is_a_sentence_wherever_it_comes_up() -> None:
    said = r"^This machine lets no further process or thread begin .*again\.$"
    with pytest.raises(ConfigurationError, match=said), explained():
        start_nothing()
    with pytest.raises(RuntimeError, match="a fault of ours"), explained():
        raise RuntimeError("a fault of ours")
