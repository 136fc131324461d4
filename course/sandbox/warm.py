"""The warm process: imports the scientific stack once, then forks a child for each submission.

Untrusted side, though it runs no student code itself: it is started by exec, so that its memory
(and its children's) never held a check, and it obeys the judge's control socket until that closes.

It must stay without threads: a fork while another thread is inside OpenBLAS hangs for ever.
"""

from __future__ import annotations

import base64
import contextlib
import gc
import json
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from course.sandbox import apart, compiled, confine, sweep
from course.sandbox.limits import Limits

MESSAGE_BYTES = 1 << 18
IMPORTED = (
    *("cmath", "csv", "concurrent.futures", "doctest", "mmap", "statistics", "tracemalloc"),
    *("_strptime", "matplotlib.animation"),  # the first by `datetime.strptime`
    *("numpy.fft", "numpy.polynomial", "numpy.testing"),
)
"""What notebooks may use and nothing else loads: a sealed child finds no file to import from."""
OPEN, SEALED = b"fork", b"fork sealed"
"""With a descriptor for the child to talk over."""
TELL = b"tell "
"""Before the number of a child to bury: say how it ended."""


def main() -> None:
    """Serve the control socket whose descriptor is the only argument."""
    control = socket.socket(fileno=int(sys.argv[1]))
    settings = json.loads(control.recv(MESSAGE_BYTES))
    for name in ("filters", "seal", "asking"):
        settings[name] = [base64.b64decode(program) for program in settings[name]]
    home = Path(settings["folder"]) / "home"
    home.mkdir(exist_ok=True)
    os.chdir(home)
    os.environ.update(HOME=str(home), IPYTHONDIR=str(home / "ipython"), MPLCONFIGDIR=str(home))
    if settings["layers"]:
        confine.give_up_privileges()
    shell = warm_up(Limits.from_dict(settings["limits"]), settings["packages"])
    compiled.load_packages(settings["packages"])
    apart.take_code()
    compiled.load()
    if threading.active_count() > 1:
        raise RuntimeError("an import started a thread, and with threads a fork can hang for ever")
    gc.collect()
    gc.freeze()  # else the first full collection in every child copies all of the heap
    file_system = os.open(settings["folder"], os.O_PATH | os.O_DIRECTORY)
    socket.send_fds(control, [b"ready"], [file_system])  # for the judge to see how full it is
    os.close(file_system)
    Forker(control, settings, shell).serve()


def warm_up(limits: Limits, packages: Sequence[str] = ()) -> Any:
    """Import everything, and these packages, and use it once: the children find it ready."""
    import matplotlib
    import numpy as np

    matplotlib.use("module://course.sandbox.figures")
    matplotlib.rcParams["figure.dpi"] = 72  # as notebooks draw
    from matplotlib import pyplot as plt

    from course.sandbox import capture, child, figures, shell  # noqa: F401 (the children need it)

    for name in (*IMPORTED, *packages):
        import_module(name)
    figure, axes = plt.subplots()
    axes.plot(np.linspace(0, 1, 3), label="x")
    axes.contour(np.eye(3))
    axes.legend()
    axes.set_title(r"$\theta$")
    if limits.figures:  # else nothing is ever drawn
        figures.draw(figure)
    plt.close("all")
    np.random.default_rng(0).normal(size=2) @ np.linalg.inv(np.eye(2))
    made = shell.make_shell(capture.Recorder(limits))
    for source in ("1", "%matplotlib inline"):
        shell.run_cell(made, source)
    made.execution_count = 1
    return made


class Forker:
    """Forks and buries children, as the judge says."""

    def __init__(self, control: socket.socket, settings: dict[str, Any], shell: Any) -> None:
        self.control = control
        self.settings = settings
        self.shell = shell
        self.folders: dict[int, Path] = {}
        self.count = 0

    def serve(self) -> None:
        """Obey until the judge's end closes; then leave nothing behind."""
        while True:
            message, descriptors, _, _ = socket.recv_fds(self.control, MESSAGE_BYTES, 1)
            if message in (b"", b"end"):
                break
            if descriptors:
                self.fork(socket.socket(fileno=descriptors[0]), sealed=message == SEALED)
            elif message.startswith(TELL):
                self.bury(int(message[len(TELL) :]), self.control.send)
            else:
                self.bury(int(message))
        for pid in list(self.folders):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            self.bury(pid)
        with contextlib.suppress(OSError):
            sweep.remove(Path(self.settings["folder"]))

    def fork(self, channel: socket.socket, *, sealed: bool) -> None:
        """Fork a child that talks over this channel, sealed if it will be told a solution."""
        if sealed:
            apart.take_all()
        self.count += 1
        folder = Path(self.settings["folder"]) / str(self.count)
        folder.mkdir(mode=0o700)
        pid = os.fork()
        if pid == 0:
            if sealed:  # before the last filter, which forbids installing more
                confine.take_words_back(self.settings["words"])
                self.settings["filters"][:0] = self.settings["seal"]
            self.become_child(channel, str(folder))
        channel.close()
        self.folders[pid] = folder

    def become_child(self, channel: socket.socket, folder: str) -> NoReturn:
        """Confine this process and serve; never returns to the warm process's loop."""
        from course.sandbox import child

        try:
            self.control.detach()
            child.main(channel, self.settings, folder, self.shell)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)

    def bury(self, pid: int, tell: Callable[[bytes], object] = lambda _: None) -> None:
        """Wait for a child that has ended, or was killed, and remove its folder.

        First `tell` its number, its wait status and the CPU seconds that it used, as text: to
        remove what it made in no time may take longer than anybody waits for the answer. So may
        whatever came before: the number keeps a late answer from passing for the next one.
        """
        folder = self.folders.pop(pid, None)
        if folder is None:
            tell(f"{pid} 0 0".encode())
            return
        _, status, used = os.wait4(pid, 0)
        tell(f"{pid} {status} {used.ru_utime + used.ru_stime}".encode())
        with contextlib.suppress(OSError):
            sweep.remove(folder)


if __name__ == "__main__":
    main()
