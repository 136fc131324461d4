"""Attacks on everything outside of a submission, in each tier."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandboxes import HELP, refused

from course.sandbox import landlock
from course.sandbox.forks import WarmProcess
from course.sandbox.host import Child, ProcessEnded

ROOT = Path(__file__).parents[2]


@pytest.fixture
def child(child: Child) -> Child:
    child.run(HELP)
    return child


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


def test_nothing_is_opened_for_neither_reading_nor_writing(child: Child) -> None:
    for file in (__file__, "/dev/ptmx", os.devnull):
        source = f"os.open({file!r}, os.O_WRONLY | os.O_RDWR)"
        assert refused(child, source) == "PermissionError"


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
        "checked(libc.syscall(202, ctypes.create_string_buffer(4), 5 | 128, 1, None, bytes(4), 0))",
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


def test_no_text_of_a_submission_gets_into_the_machines_log(child: Child) -> None:
    """Nor its name, which the kernel writes there when it crashes."""
    process = Path(f"/proc/{child._process.pid}/comm")
    before = process.read_text()
    ran = child.run("print(libc.prctl(15, b'mallory', 0, 0, 0))")
    assert ran.outputs[0].text == "0\n"
    assert process.read_text() == before


@pytest.mark.parametrize(("abi", "flags"), [(1, 0), (6, 0), (7, 1)])
def test_what_landlock_refuses_is_not_logged(
    monkeypatch: pytest.MonkeyPatch, abi: int, flags: int
) -> None:
    asked = {}
    ruleset = os.open(os.devnull, os.O_RDONLY)  # which is closed

    def call(number: int, *arguments: object) -> int:
        asked[number] = arguments[-1]
        return ruleset

    monkeypatch.setattr(landlock, "version", lambda: abi)
    monkeypatch.setattr(landlock, "_call", call)
    landlock.restrict((), ())
    assert asked[landlock.RESTRICT_SELF] == flags


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
@pytest.mark.parametrize("how", ["call()", "threading.Thread(target=call).start()"])
def test_calls_of_another_architecture_end_the_process(child: Child, how: str) -> None:
    with pytest.raises(ProcessEnded, match="the process ended"):
        child.run(f"call = lambda: libc.syscall(0x40000000 + 39)\n{how}\nsignal.pause()")


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
