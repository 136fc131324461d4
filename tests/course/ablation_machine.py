"""The canaries of the ablation: what its attacks try to read, to change and to reach."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from test_sandbox_leftovers import alive, descendants

KEY, IPC_RMID = 0x6D000000 + os.getpid(), 0
PR_SET_CHILD_SUBREAPER = 36
AS_ROOT = os.geteuid() == 0


class Machine:
    """The canaries: what attacks try to read, to change and to reach."""

    def __init__(self, folder: Path) -> None:
        self.secret = ctypes.create_string_buffer(b"SECRET")
        self.folder = folder
        self.canary = folder / "course" / "test_canary.py"
        self.canary.parent.mkdir()
        self.private = folder / "private"
        self.private.write_text("SECRET")
        self.private.chmod(0o600)
        if AS_ROOT:
            os.chown(self.private, 65534, 65534)
        self.shared = Path(f"/dev/shm/mallory-{os.getpid()}")
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(self.tcp.getsockname())
        self.path, self.abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        self.path.bind(str(folder / "socket"))
        self.abstract.bind(f"\0mallory-{os.getpid()}")
        for each in (self.path, self.abstract):
            each.listen()
        self.victim: subprocess.Popen[bytes] | None = None
        self.restore()

    def restore(self) -> None:
        """Put everything back as it was before an attack."""
        for path in [*self.canary.parent.iterdir(), self.shared]:
            path.unlink(missing_ok=True)
        self.canary.write_text("SECRET")
        self.canary.chmod(0o600)
        self.before = self.canary.stat()
        if self.victim is None or self.victim.poll() is not None:
            self.victim = subprocess.Popen(
                [sys.executable, "-S", "-c", "import time; time.sleep(3600)"]
            )
        self.family = descendants(os.getpid())

    def names(self, sibling: str) -> str:
        """What the attacker's program is told."""
        assert self.victim is not None
        values = {
            "CANARY": str(self.canary),
            "PRIVATE": str(self.private),
            "SIBLING": f"../{sibling}/answer",
            "GRADER": os.getpid(),
            "VICTIM": self.victim.pid,
            "ADDRESS": ctypes.addressof(self.secret),
            "SHARED": str(self.shared),
            "KEY": KEY,
            "PORT": self.tcp.getsockname()[1],
            "SOCKET": str(self.folder / "socket"),
            "ABSTRACT": self.abstract.getsockname(),
        }
        return "".join(f"{name} = {value!r}\n" for name, value in values.items())

    def changed(self) -> bool:
        """Whether the canary or what lies beside it is other than before."""
        names = [path.name for path in self.canary.parent.iterdir()]
        return names != [self.canary.name] or self.canary.stat() != self.before

    def left_file(self) -> bool:
        """Whether a file lies in the machine's shared memory."""
        return self.shared.exists()

    def left_segment(self) -> bool:
        """Whether a System V segment is there; removes it."""
        libc = ctypes.CDLL(None)
        found = libc.shmget(KEY, 0, 0)
        return found >= 0 and libc.shmctl(found, IPC_RMID, None) == 0

    def knocked(self) -> bool:
        """Whether anybody connected or sent something."""
        heard = False
        for each in (self.tcp, self.udp, self.path, self.abstract):
            each.settimeout(0.02)
            with contextlib.suppress(TimeoutError):
                is_datagram = each.type == socket.SOCK_DGRAM
                each.recv(9) if is_datagram else each.accept()[0].close()
                heard = True
        return heard

    def escaped(self) -> bool:
        """Whether a process of a submission lives after it; ends it."""
        time.sleep(0.5)
        left = alive(descendants(os.getpid()) - self.family)
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        return bool(left)

    def killed(self) -> bool:
        """Whether the bystander is dead."""
        assert self.victim is not None
        time.sleep(0.05)
        return self.victim.poll() is not None

    def close(self) -> None:
        """End and remove what is not in the folder."""
        self.shared.unlink(missing_ok=True)
        if self.victim is not None:
            self.victim.kill()
            self.victim.wait()
        for each in (self.tcp, self.udp, self.path, self.abstract):
            each.close()


EFFECTS = {
    "changed": Machine.changed,
    "shared": Machine.left_file,
    "segment": Machine.left_segment,
    "knock": Machine.knocked,
    "daemon": Machine.escaped,
    "killed": Machine.killed,
}


@contextlib.contextmanager
def machine() -> Iterator[Machine]:
    """The canaries, in a folder that only this user can enter; orphans come to this process."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    with tempfile.TemporaryDirectory(prefix="course-ablation-") as folder:
        made = Machine(Path(folder))
        try:
            yield made
        finally:
            made.close()
            ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 0)
