"""After a run nothing is left, even when the judge was killed: no process, descriptor or folder."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from sandboxes import TIERS, warm_process

from course.errors import GraderFault
from course.sandbox import sweep
from course.sandbox.host import ProcessEnded

ROOT = Path(__file__).parents[2]


def descendants(root: int) -> set[int]:
    """A process and all that came from it, zombies included."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            text = path.read_text()
            parents[int(text.split(" ")[0])] = int(text.rpartition(")")[2].split()[1])
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def alive(pids: set[int]) -> set[int]:
    """Those that still run: who lost its parent is for the first process of the machine to bury."""
    running = set()
    for pid in pids:
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                running.add(pid)
    return running


def state(folder: Path) -> tuple[set[int], set[str], list[Path]]:
    """Our processes, our descriptors, and what lies in the folder for temporary files."""
    descriptors = {path.name for path in Path("/proc/self/fd").iterdir()}
    return descendants(os.getpid()), descriptors, [*folder.iterdir()]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which this process and its children make all temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


JUDGE = """
import sys, time
from course.sandbox.forks import WarmProcess
from course.sandbox.isolation import Isolation
with WarmProcess(Isolation.of_tier(sys.argv[1])) as warm, warm.fork() as child:
    child.run("open('f', 'w').write('x')")
    print("ready", flush=True)
    child.run("while True: pass")
"""


@pytest.mark.parametrize("tier", TIERS)
def test_a_killed_judge_leaves_nothing_behind(tier: str, temporary: Path) -> None:
    with warm_process(tier):
        pass
    command = [sys.executable, "-c", JUDGE, tier]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as judge:
        assert judge.stdout is not None
        assert judge.stdout.readline() == b"ready\n"
        family = descendants(judge.pid)
        assert len(family) >= 3
        judge.kill()
    end = time.monotonic() + 20
    while time.monotonic() < end and (alive(family) or [*temporary.iterdir()]):
        time.sleep(0.05)
    assert alive(family) == set()
    assert [*temporary.iterdir()] == []


@pytest.mark.parametrize("tier", TIERS)
def test_nothing_is_left_behind(tier: str, temporary: Path) -> None:
    with warm_process(tier):
        pass  # imports and caches of the first time are done
    before = state(temporary)
    with warm_process(tier) as warm:
        for source in (
            "open('f', 'w').write('x')",
            "while True: pass",
            "import os; os._exit(1)",
        ):
            with warm.fork() as child:
                try:
                    child.run(str(source))
                except ProcessEnded:
                    continue
        kept = warm.fork()
        kept.run("import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()")
        kept.close()
        open_ones = [warm.fork() for _ in range(3)]
    with pytest.raises(GraderFault):
        open_ones[0].run("1")
    for child in open_ones:
        child.close()
    assert state(temporary) == before


def last_of_line(root: int) -> int:
    """The child of a child, and so on; its number need not be the highest: they begin anew."""
    while born := [pid for pid in descendants(root) - {root} if parent(pid) == root]:
        root = born[0]
    return root


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.mark.parametrize("tier", TIERS)
def test_a_killed_warm_process_is_no_students_fault(tier: str) -> None:
    with warm_process(tier) as warm:
        for _ in range(5):
            with warm.fork() as child:
                child.run("import time")
                warm_pid = parent(child._process.pid)
                threading.Timer(0.1, os.kill, (warm_pid, signal.SIGKILL)).start()
                with pytest.raises(GraderFault, match="from which submissions are forked ended"):
                    child.run("time.sleep(1)")
            with warm.fork() as child:
                assert child.run("1 + 1").outputs[0].text == "2", "another one is started"
        with warm.fork() as child, pytest.raises(ProcessEnded, match="an exit"):
            child.run("import os; os._exit(0)")


def test_folders_that_nobody_keeps_are_removed_by_the_next(temporary: Path) -> None:
    def made() -> tuple[Path, int]:
        return sweep.make("course-x-")

    kept, keeps = made()
    left, leaves = made()
    os.close(leaves)
    (left / "f").touch()
    for folder in (kept, left):
        os.utime(folder, (0, 0))
    fresh, leaves = made()
    os.close(leaves)
    newest, leaves = made()
    os.close(leaves)
    os.close(keeps)
    assert {*temporary.iterdir()} == {kept, fresh, newest}
    assert kept.stat().st_mode & 0o777 == 0o700
