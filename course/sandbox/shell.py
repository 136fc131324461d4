"""Runs cells as a notebook does, in an IPython shell without anything that reaches out.

Untrusted side. Whatever a student does to this shell happens in the student's own process and
changes only what that process tells about itself.
"""

# mypy: disable-error-code="no-untyped-call"
# (IPython is only partly annotated)

from __future__ import annotations

import builtins
import codeop
import getpass
import re
import sys
import traceback
import warnings
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, NoReturn, cast

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import SList
from traitlets import Type
from traitlets.config import Config

from course.sandbox import asking, colab, content, figures, mapping
from course.sandbox.capture import Recorder, Stream
from course.sandbox.stopwatch import TimeLimit

NOT_RUN = frozenset(
    (
        *("bash", "sh", "script", "system", "sx", "cmd", "perl", "ruby", "pypy"),
        *("python", "python2", "python3", "pip", "conda", "mamba", "micromamba", "uv"),
        *("load_ext", "reload_ext", "rehashx", "debug", "pdb", "gui", "notebook", "edit"),
    )
)
"""Magics that start programs, need an answer or an extension: said, and skipped."""

TRACE_FRAMES = 8
CELL_FILE_PREFIX = "<ipython-input-"
CELL_FILE = re.compile(r'File "<ipython-input-[^>]*>", ')


def say_no_input(prompt: object = "") -> NoReturn:
    """Stand for `input()`: nobody is there to answer."""
    raise RuntimeError("input() gets no answer while grading: put the value into the code instead")


class ResultHook(DisplayHook):
    """Records the value of a cell's last line as text."""

    def __call__(self, result: object = None) -> None:
        """Record, unless the line ends with a semicolon."""
        self.check_for_underscore()
        if result is not None and not self.quiet():
            text = self.compute_format_data(result)[0].get("text/plain", "")
            cast(Shell, self.shell).recorder.add("result", text)
            self.update_user_ns(result)


class Publisher(DisplayPublisher):
    """Records `display(...)` as text."""

    def publish(self, data: dict[str, Any], *arguments: object, **named: object) -> None:
        """Record the plain text of what is displayed."""
        cast(Shell, self.shell).recorder.add("display", str(data.get("text/plain", "")))

    def clear_output(self, wait: bool = False) -> None:
        """Keep what was printed: a report shows everything."""


class Shell(InteractiveShell):
    """IPython without programs, windows, history files or questions."""

    displayhook_class = Type(ResultHook)
    display_pub_class = Type(Publisher)
    recorder: Recorder

    def system(self, command: str) -> None:
        """Answer `!command` with a note."""
        self.recorder.note(f"not run: !{command}")

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> SList:
        """Answer `x = !command` with a note and no lines."""
        self.recorder.note(f"not run: !{cmd}")
        return SList()

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        """Run a magic, or note that it is skipped."""
        if magic_name in NOT_RUN or self.find_line_magic(magic_name) is None:
            self.recorder.note(f"skipped: %{magic_name} {line}".rstrip())
            return None
        return super().run_line_magic(magic_name, line, _stack_depth + 1)

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        """Run a cell magic, or note that the whole cell is skipped."""
        if magic_name in NOT_RUN or self.find_cell_magic(magic_name) is None:
            self.recorder.note(f"skipped: %%{magic_name} {line}".rstrip())
            return None
        return super().run_cell_magic(magic_name, line, cell)

    def enable_gui(self, gui: str | None = None) -> None:
        """Open no windows."""

    def enable_matplotlib(self, gui: str | None = None) -> tuple[str | None, str]:
        """Accept `%matplotlib`: figures are caught whatever it says."""
        return gui, "agg"

    def ask_exit(self) -> NoReturn:
        """Make `exit` and `quit` end the cell, as `sys.exit()` does."""
        raise SystemExit

    def showtraceback(self, *arguments: object, **named: object) -> None:
        """Print nothing: the error travels beside the outputs."""

    showsyntaxerror = showindentationerror = showtraceback

    @contextmanager
    def _tee(self, channel: str) -> Iterator[None]:
        """Keep no second copy of what is printed: IPython's has no limit."""
        yield

    def _format_exception_for_storage(self, *arguments: object, **named: object) -> dict[str, Any]:
        """Format no traceback for a history that nobody reads: IPython's takes most of a second."""
        return {}


def make_shell(recorder: Recorder) -> Shell:
    """Build the one shell of this process; slow, so it happens before the fork."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.autoindent = False
    shell: Shell = Shell.instance(config=config)
    shell.recorder = recorder
    cast(Any, shell.display_formatter).active_types = ["text/plain"]
    figures.draw_into(recorder)
    colab.install(recorder.note)
    warnings.filterwarnings("ignore", message="To exit: use")
    builtins.input = say_no_input
    vars(getpass)["getpass"] = say_no_input
    # else a bracket that was never closed is called an "incomplete input", as if more were to come
    shell.compile.flags &= ~codeop.PyCF_ALLOW_INCOMPLETE_INPUT  # type: ignore[attr-defined]
    cast(Any, shell).db = {}  # `%cd` and `%bookmark` note where they were
    asking.install()
    content.install()
    mapping.install()
    shell.user_ns["_dh"][:] = [content.CONTENT]
    return shell


def redirect(recorder: Recorder) -> None:
    """Send what Python prints to the recorder."""
    sys.stdout, sys.stderr = Stream(recorder, "stdout"), Stream(recorder, "stderr")


def run_cell(shell: Shell, source: str) -> BaseException | None:
    """Run one cell, draw what it left open, and return its error."""
    result = shell.run_cell(source, store_history=True)
    error: BaseException | None = result.error_before_exec or result.error_in_exec
    if not isinstance(error, TimeLimit):
        figures.show_all()
    return error


def describe_error(error: BaseException, most: int) -> tuple[str, str, str]:
    """Return (kind, text, trace) of an exception, plain and short; runs its own code."""
    kind = type(error).__name__
    try:
        text = str.__str__(error.msg if isinstance(error, SyntaxError) else str(error))
    except Exception:
        text = "<its message cannot be shown>"
    try:
        last = "".join(traceback.format_exception_only(error)).strip()
    except Exception:
        last = f"{kind}: {text}"
    lines = [*_frames(error.__traceback__), last]
    trace = CELL_FILE.sub("", "\n".join(lines)[-2 * most :])
    return kind[:100], text[: most // 4], trace[-most:]


def _frames(trace: TracebackType | None) -> list[str]:
    """Name the last few places in the student's own cells that the error went through."""
    places: deque[Any] = deque(maxlen=TRACE_FRAMES)
    for frame, line in traceback.walk_tb(trace):
        if frame.f_code.co_filename.startswith(CELL_FILE_PREFIX):
            places.append((frame, line))
    summary = traceback.StackSummary.extract(iter(places))
    return [
        f"line {place.lineno}, in {place.name}: {place.line}".replace(", in <module>", "")
        for place in summary
    ]
