"""Attacks on everything outside of a submission, in each tier; and that each layer is needed."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from disks import small_disk
from sandboxes import SMALL, TIERS, refused, warm_process

from course.errors import KilledFromOutside
from course.sandbox import room, sweep, watch
from course.sandbox.clock import Process
from course.sandbox.forks import WarmProcess
from course.sandbox.host import Child, ProcessEnded
from course.sandbox.turnstile import Turnstile
from course.sandbox.warmup import WarmHandle

ROOT = Path(__file__).parents[2]
HELP = """
import ctypes, os, resource, signal, socket, subprocess, sys, threading
libc = ctypes.CDLL(None, use_errno=True)
def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result
"""

RAW_THREADS = (
    HELP
    + """
stack = ctypes.create_string_buffer(1 << 16)  # of all of them: none ever returns from `pause`
top = ctypes.c_void_p(ctypes.addressof(stack) + (1 << 15) & ~15)
def start(number):
    for _ in range(number):
        libc.clone(libc.pause, top, 0x50F00, None)
"""
)
SORTED_BY_THREADS = """
import ctypes
libc, size, many = ctypes.CDLL(None), 64, 100_000
attributes = ctypes.create_string_buffer(size)
libc.pthread_attr_init(attributes)
libc.pthread_attr_setstacksize(attributes, ctypes.c_size_t(1 << 14))
table = ctypes.create_string_buffer(attributes.raw * many)
libc.qsort_r(table, ctypes.c_size_t(many), ctypes.c_size_t(size), libc.pthread_create, libc.pause)
"""
"""Each comparison starts a thread."""


@pytest.fixture(scope="module", params=TIERS)
def warm(request: pytest.FixtureRequest) -> Iterator[WarmProcess]:
    with warm_process(request.param) as made:
        yield made


@pytest.fixture
def child(warm: WarmProcess) -> Iterator[Child]:
    with warm.fork() as made:
        made.run(HELP)
        yield made


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Path]:
    """A file of the instructor, which must be untouched at the end."""
    file = tmp_path / "gradebook.db"
    file.write_text("marks")
    before = file.stat()
    yield file
    assert file.read_text() == "marks"
    assert file.stat() == before or file.stat().st_mtime_ns == before.st_mtime_ns
    assert [path.name for path in tmp_path.iterdir()] == ["gradebook.db"]


READS = {
    "checks": f"os.listdir({str(ROOT / 'tests')!r})",
    "this file": f"open({__file__!r})",
    "source": f"open({str(ROOT / 'pyproject.toml')!r})",
    "other modules": f"open({str(ROOT / 'course' / 'errors.py')!r})",
    "users": "open('/etc/passwd')",
    "home": "os.listdir(os.path.expanduser('~root')) and open(os.path.expanduser('~root/.bashrc'))",
    "environment of the first process": "open('/proc/1/environ').read()",
    "environment of the judge": f"open('/proc/{os.getpid()}/environ').read()",
    "memory of the warm process": "open(f'/proc/{os.getppid()}/mem')",
    "descriptors of the warm process": "os.listdir(f'/proc/{os.getppid()}/fd')",
    "other submissions": "os.listdir('..')",
    "home of the warm process": "open('../home/x', 'w')",
    "temporary files": "os.listdir('/tmp')",
    "the root": "os.listdir('/')",
    "devices": "os.listdir('/dev')",
    "through a link": "os.symlink('/etc/passwd', 'link')",
    "climbing": "open('../../../../../../etc/passwd')",
}


@pytest.mark.parametrize("name", READS)
def test_nothing_outside_can_be_read(child: Child, name: str) -> None:
    assert refused(child, READS[name]) in ("FileNotFoundError", "PermissionError")


@pytest.mark.parametrize(
    "source",
    [
        "open(FILE).read()",
        "open(FILE, 'w')",
        "open(FILE, 'a')",
        "os.open(FILE, os.O_RDONLY | os.O_TRUNC)",
        "os.truncate(FILE, 0)",
        "os.unlink(FILE)",
        "os.rename(FILE, 'mine')",
        "os.link(FILE, 'mine')",
        "os.chmod(FILE, 0)",
        "os.chown(FILE, 1, 1)",
        "os.utime(FILE, (0, 0))",
        "open(FILE + 'x', 'w')",
        "os.mkdir(FILE + 'x')",
        "os.setxattr(FILE, 'user.x', b'x')",
        "checked(libc.syscall(452, -100, FILE.encode(), 0, 0))",
    ],
)
def test_files_of_the_instructor_stay_as_they_are(child: Child, canary: Path, source: str) -> None:
    assert refused(child, f"FILE = {str(canary)!r}\n{source}") in (
        *("FileNotFoundError", "PermissionError", "OSError"),
    )


@pytest.mark.parametrize(
    "source",
    [
        "os.fork()",
        "os.forkpty()",
        "checked(libc.fork())",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "subprocess.run(['true'])",
        "os.execv('/bin/true', ['true'])",
        "os.execv(sys.executable, ['python'])",
        "import multiprocessing\nmultiprocessing.get_context('fork').Process(target=print).start()",
        "checked(os.system('true') - 1 if os.system('true') == 0 else -1)",
        "os.kill(os.getppid(), 9)",
        "os.kill(1, 9)",
        "os.kill(-1, 9)",
        "os.killpg(0, 9)",
        "signal.pidfd_send_signal(os.pidfd_open(os.getppid()), 9)",
        "checked(libc.ptrace(16, os.getppid(), 0, 0))",
        "checked(libc.process_vm_readv(os.getppid(), None, 0, None, 0, 0))",
        "checked(libc.unshare(0x10000000))",
        "os.chroot('.')",
        "checked(libc.mount(b'none', b'.', b'tmpfs', 0, None))",
        "socket.socket()",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_UNIX)",
        "socket.socketpair(socket.AF_INET)",
        "import urllib.request\nurllib.request.urlopen('http://127.0.0.1')",
        "os.memfd_create('x')",
        "checked(libc.shmget(0, 4096, 0o1600))",
        "checked(libc.syscall(425, 1, 0))",
        "checked(libc.prctl(1, 0, 0, 0, 0))",
        "checked(libc.prctl(ctypes.c_ulong(0x100000001), 0, 0, 0, 0))",
        "checked(libc.prctl(4, 1, 0, 0, 0))",
        "checked(libc.syscall(1000))",
        "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
        "resource.setrlimit(resource.RLIMIT_CPU, (1, 1))",
        "checked(libc.syscall(160, 0, (ctypes.c_long * 2)(1, 1)))",
        "resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))",
        "os.setuid(0) or os.setuid(1)",
        "os.nice(-5)",
        "os.setpriority(os.PRIO_PROCESS, os.getppid(), 10)",
        "os.sched_setaffinity(0, {0})",
        "os.mkfifo('pipe')",
        "open('f', 'w').close()\nchecked(libc.renameat2(-100, b'f', -100, b'g', 4))",
        "os.open('/dev/tty', os.O_RDWR)",
        "import fcntl\nfcntl.ioctl(os.open(os.__file__, os.O_RDONLY), 0x80086601, bytes(8))",
        "import fcntl\nfcntl.ioctl(os.open(os.__file__, os.O_RDONLY), 0x180086601, bytes(8))",
        "os.listxattr(os.__file__)",
        "checked(libc.syscall(458, (ctypes.c_uint64 * 3)(24, -1, 0), bytes(800), 100, 0))",
        "import time\ntime.clock_gettime((~os.getppid() << 3) | 2)",
    ],
)
def test_no_processes_signals_sockets_or_privileges(child: Child, source: str) -> None:
    assert refused(child, source) in (
        *("PermissionError", "OSError", "URLError", "ValueError", "FileNotFoundError"),
        *("ProcessLookupError", "NotADirectoryError", "ModuleNotFoundError", "ImportError"),
    )
    assert child.alive


def test_what_python_asks_of_descriptors_is_granted(child: Child) -> None:
    ran = child.run(
        "import asyncio, os, socket, time\n"
        "async def wait():\n    await asyncio.sleep(0)\n    return 'ran'\n"
        "loop = asyncio.new_event_loop()\nprint(loop.run_until_complete(wait()), os.isatty(1))\n"
        "os.set_inheritable(3, True), os.set_inheritable(3, False)\n"
        "print(time.clock_gettime(time.CLOCK_THREAD_CPUTIME_ID) > 0, time.process_time() > 0)"
    )
    assert ran.error is None, ran.error
    assert ran.outputs[0].text == "ran False\nTrue True\n"


def test_descriptors_lead_nowhere_but_to_the_judge(child: Child) -> None:
    child.run("""
opened = {}
for number in range(1024):
    try:
        opened[number] = os.fstat(number).st_mode >> 12
    except OSError:
        pass
same = all(os.path.samestat(os.fstat(n), os.stat("/dev/null")) for n in (0, 1, 2))
""")
    character_device, sock = 0o2, 0o14
    assert child.get("opened") == {0: character_device, 1: character_device, 2: 2, 3: sock}
    assert child.get("same") is True


def test_nothing_of_the_instructors_environment_is_seen(child: Child) -> None:
    child.run("names = sorted(os.environ)")
    names = set(child.get("names"))
    assert names <= {
        *("HOME", "TMPDIR", "PATH", "LC_ALL", "TZ", "PWD", "MPLBACKEND", "MPLCONFIGDIR"),
        *("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "LC_CTYPE"),
        *("MKL_DYNAMIC", "KMP_INIT_AT_FORK", "MALLOC_ARENA_MAX"),
    }


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="x32 is of x86_64 alone")
def test_calls_of_another_architecture_end_the_process(child: Child) -> None:
    with pytest.raises(ProcessEnded):
        child.run("libc.syscall(0x40000000 + 39)")


def test_memory_is_limited_and_the_submission_goes_on(child: Child) -> None:
    ran = child.run("kept = bytearray(10 << 30)")
    assert ran.error is not None
    assert (ran.error.kind, ran.limit) == ("MemoryError", "memory")
    assert refused(child, "1 + 1") == ""


def test_memory_taken_bit_by_bit_ends_that_submission_alone(child: Child) -> None:
    try:
        child.run("kept = []\nwhile True: kept.append(bytearray(10 << 20))")
    except ProcessEnded:
        return
    assert refused(child, "del kept") == ""


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


def most_threads(child: Child, source: str) -> int:
    """How many threads a flood had when it was ended, which it must be."""
    seen = []
    threads = child._process.threads
    child._process.threads = lambda: seen.append(threads()) or seen[-1]  # type: ignore[method-assign]
    with pytest.raises(ProcessEnded, match="it started more than 64 threads") as ended:
        child.run(source)
    assert ended.value.limit == "processes"
    return max(seen)


def test_threads_wait_until_they_are_let_in(child: Child) -> None:
    """The kernel starts them without Python and without memory, and counts nothing of root's."""
    child.run(RAW_THREADS)
    assert child.asks
    assert most_threads(child, "start(20_000)") <= 2 * SMALL.processes


def test_threads_that_a_loop_in_c_starts_wait_as_well(child: Child) -> None:
    assert most_threads(child, SORTED_BY_THREADS) <= 2 * SMALL.processes


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
    ways = ("mkdir(str(each))", "close(os.open(str(each), os.O_CREAT))", "link('a', str(each))")
    most = few.folder_files + watch.FILES_BETWEEN_COUNTS
    for way in ways:
        with WarmProcess(warm.isolation, few) as ample, ample.fork() as child:
            child.run("open('a', 'w').close()")
            with pytest.raises(ProcessEnded) as ended:
                child.run(make.format(20_000, way))
        assert ended.value.limit == "folder"
        assert few.folder_files < max(found) <= most + 1


def test_files_without_a_name_are_asked_for_as_well(
    child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    let_in = Turnstile.let_in
    monkeypatch.setattr(Turnstile, "let_in", lambda *who: asked.append(who) or let_in(*who))
    assert refused(child, "for _ in range(50): os.close(os.open('.', os.O_TMPFILE | 2))") == ""
    assert len(asked) == 50


def test_threads_that_nobody_asks_for_are_counted_while_they_are_started(
    warm: WarmProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the kernel cannot ask: an old one, or one that somebody else has ask already."""
    filters = WarmHandle._filters
    unasked = lambda self: filters(self) | {"asking": []}  # noqa: E731
    monkeypatch.setattr(WarmHandle, "_filters", unasked)
    with WarmProcess(warm.isolation, SMALL) as other, other.fork() as child:
        child.run(RAW_THREADS)
        assert not child.asks
        assert most_threads(child, "start(3_000)") > SMALL.processes


def test_threads_are_counted_at_every_answer(child: Child) -> None:
    child.run(RAW_THREADS)
    with pytest.raises(ProcessEnded, match="it started more than 64 threads"):
        child.run("start(100)")


def test_a_wait_for_a_processor_counts_whole_when_it_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Until then the kernel tells nothing of it, and the judge has looked many times."""
    process = Process(os.getpid())
    waited = []
    for told in ({}, {"1": 0.0}, {"1": 9.0}, {"1": 9.0, "2": 5.0}, {"1": 9.5, "2": 7.0}):
        monkeypatch.setattr(process, "_delays_now", partial(dict, told))
        process.wall()
        waited.append(process._delay)
    assert waited == [0.0, 0.0, 9.0, 14.0, 16.0]


def test_a_child_that_is_not_asked_stands_still(warm: WarmProcess, child: Child) -> None:
    child.run(RAW_THREADS)
    child.run("threading.Timer(0.1, start, [20_000]).start()")
    with warm.fork() as other:
        other.run("import time\ntime.sleep(0.4)")
        assert child._process.threads() == 2
    with pytest.raises(ProcessEnded, match="it started more than 64 threads"):
        child.run("import time\ntime.sleep(2)")


def test_as_many_threads_as_are_allowed_are_no_flood(child: Child) -> None:
    child.run(RAW_THREADS)
    assert refused(child, f"start({SMALL.processes - 1})") == ""
    assert refused(child, "import time\ntime.sleep(0.1)") == ""


def test_timers_do_not_use_up_what_all_of_the_users_processes_share(child: Child) -> None:
    child.run(HELP + "event = (ctypes.c_int * 16)(0, 0, signal.SIGKILL)\nplace = ctypes.c_void_p()")
    make = "checked(libc.timer_create(1, event, ctypes.byref(place)))"
    assert refused(child, make) == "BlockingIOError"


def test_others_of_the_same_user_can_still_start_processes(child: Child) -> None:
    most = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    if most == resource.RLIM_INFINITY:
        most = 1 << 30
    allowed = child.run("print(resource.getrlimit(resource.RLIMIT_NPROC)[1])").outputs[0].text
    assert int(allowed) == -1 or 0 < int(allowed) <= most - most // 4


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


def test_a_submission_does_not_see_another(warm: WarmProcess) -> None:
    with warm.fork() as one, warm.fork() as other:
        # not os.getcwd(), which calls the folder /content
        place = one.run("import posix\nopen('answer', 'w').write('42');\nprint(posix.getcwd())")
        folder = place.outputs[0].text.strip()
        assert refused(other, f"open({folder + '/answer'!r})") == "PermissionError"
        assert refused(other, f"open({folder + '/answer'!r}, 'w')") == "PermissionError"


def test_a_port_that_listens_is_out_of_reach(child: Child) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert refused(child, f"socket.create_connection(('127.0.0.1', {port}), 1)")
