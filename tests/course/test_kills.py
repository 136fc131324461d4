"""A real run of `course autograde` of which processes are killed: run again, nothing differs.

`test_crashes` kills who stores at every kind of step; here the others are met too, at moments that
the clock chooses: a worker, a warm process, a submission, the command alone, and all of its group
at once.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import matplotlib
import pytest
import tiny
from sandboxes import missing
from test_invariance import Outcome, outcome, same
from test_sandbox_leftovers import alive, descendants, parent

from course.config import load_settings
from course.release import release

SLOWLY = "import time\n\ntime.sleep(0.4)\n\n\n"  # so that there is something left to be killed
TYPED = (tiny.RIGHT, tiny.HALF, tiny.WRONG, tiny.RIGHT, {}, tiny.HALF, tiny.WRONG, tiny.RIGHT)
STUDENTS = [{name: SLOWLY + source for name, source in typed.items()} for typed in TYPED]
PROGRAM = "from course.cli import main; main()"
COMMAND = (sys.executable, "-c", PROGRAM, "autograde", tiny.LAB, "--processes", "2")
WORKER, WARM = "multiprocessing", "course.sandbox.warm"


class Run:
    """The command at work on a course, with a home and a temporary folder of its own."""

    def __init__(self, course: Path) -> None:
        self.course = course
        self.places = [course.parent / name for name in ("home", "tmp")]
        for place in self.places:
            place.mkdir(exist_ok=True)
        self.temporary = self.places[1]
        home, temporary = map(str, self.places)
        fonts = matplotlib.get_cachedir()  # else the first import takes seconds to list them
        self.process = subprocess.Popen(
            COMMAND,
            cwd=course,
            env={**os.environ, "HOME": home, "TMPDIR": temporary, "MPLCONFIGDIR": fonts},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.family: set[int] = set()

    def named(self, text: str) -> list[int]:
        """Its processes with this in their command line."""
        self.family |= descendants(self.process.pid)
        return [pid for pid in sorted(self.family) if text in command_line(pid)]

    def stored(self) -> int:
        return len([*self.course.glob(f"autograded/*/{tiny.LAB}/record.json")])

    def until(self, reached: Callable[[], object]) -> None:
        """Wait, unless it has ended before."""
        deadline = time.monotonic() + 60
        while self.process.poll() is None and not reached():
            assert time.monotonic() < deadline, "waited too long"
            time.sleep(0.02)

    def ended(self) -> int:
        """Wait until it and all of its processes are gone; how it ended."""
        self.process.communicate(timeout=120)
        deadline = time.monotonic() + 20
        while left := alive(self.family):
            assert time.monotonic() < deadline, [command_line(pid) for pid in left]
            time.sleep(0.02)
        return self.process.returncode


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").replace("\0", " ")
    except OSError:
        return ""


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    course = tiny.write_course(tmp_path_factory.mktemp("handed in") / "course")
    release(load_settings(course), tiny.LAB)
    for number, typed in enumerate(STUDENTS):
        tiny.hand_in(course, f"s{number}", typed)
    yield course
    tiny.forget_checks()


def one_run(handed_in: Path, place: Path) -> Run:
    """Begin to grade a copy of the course, in the tier that leaves a folder if anything does."""
    course = Path(shutil.copytree(handed_in, place / "course"))
    with (course / "course_config.py").open("a", encoding="utf-8") as config:
        config.write('c.Course.isolation = "landlock"\n')
    return Run(course)


@pytest.fixture(scope="module")
def undisturbed(handed_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What the class is worth."""
    if missing("landlock"):
        pytest.skip(missing("landlock"))
    run = one_run(handed_in, tmp_path_factory.mktemp("undisturbed"))
    assert run.ended() == 0
    found = outcome(run.course, tiny.LAB)
    assert len(found.records) == len(STUDENTS)
    return found


def of_a_worker(run: Run) -> None:
    forked = run.named(WORKER)
    os.kill(next(pid for pid in forked if parent(pid) in forked), signal.SIGKILL)


def of_a_warm_process(run: Run) -> None:
    of_warm = run.named(WARM)
    os.kill(next(pid for pid in of_warm if parent(pid) not in of_warm), signal.SIGKILL)


def of_a_submission(run: Run) -> None:
    """In the first moment in which one is there."""
    met: list[int] = []

    def killed() -> bool:
        of_warm = run.named(WARM)
        with contextlib.suppress(OSError):  # it has just ended
            met.append(next((pid for pid in of_warm if parent(pid) in of_warm), 0))
            if met[-1]:
                os.kill(met[-1], signal.SIGKILL)
                return True
        return False

    run.until(killed)
    assert run.process.poll() is None, "no submission was met"


def of_the_command(run: Run) -> None:
    run.process.kill()


def of_everybody(run: Run) -> None:
    os.killpg(run.process.pid, signal.SIGKILL)


def age_what_was_left(run: Run) -> None:
    """Let a minute pass, after which nobody takes a folder for one that is just being made."""
    for place in run.places:
        for left in place.rglob("course-*"):
            os.utime(left, (0, 0))


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a path short enough for the socket from which workers are forked."""
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        yield Path(folder)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kill", "stored"),
    [
        (of_a_worker, 1),
        (of_a_warm_process, 1),
        (of_a_submission, 1),
        (of_the_command, 2),
        (of_everybody, 0),
        (of_everybody, 3),
    ],
)
def test_a_kill_changes_nothing_in_the_end(
    kill: Callable[[Run], None],
    stored: int,
    handed_in: Path,
    undisturbed: Outcome,
    place: Path,
) -> None:
    run = one_run(handed_in, place)
    run.until(lambda: run.named(WARM) and run.named(WORKER) and run.stored() >= stored)
    assert run.process.poll() is None, run.process.communicate()
    kill(run)
    code = run.ended()
    if kill in (of_the_command, of_everybody):
        assert code == -signal.SIGKILL
    else:  # whoever was hit is graded again in this very run
        assert code == 0
    if code != 0:
        age_what_was_left(run)
        assert Run(run.course).ended() == 0
    same(outcome(run.course, tiny.LAB), undisturbed)
    assert [left for each in run.places for left in each.rglob("course-*")] == []
    assert [*run.temporary.iterdir()] == []
    assert not [path for path in run.course.rglob(".*") if path.suffix != ".graded"]
