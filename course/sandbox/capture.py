"""Keeps what a cell prints, shows and draws, within its limits. Untrusted side.

Output made during a check's calls is dropped: a function sees the inputs of its checks and might
print them.
"""

from __future__ import annotations

import io
from typing import NamedTuple

from course.sandbox.limits import Limits


class Item(NamedTuple):
    """One output as it travels: kind, text, PNG or None, stream name."""

    kind: str
    text: str
    png: bytes | None = None
    name: str = ""


class Recorder:
    """Collects the outputs of the cell that runs; outside of a cell it drops everything."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.figures_left = limits.figures
        self.recording = self.drawing = False
        self._reset()

    def _reset(self) -> None:
        self.items: list[Item] = []
        self.parts: list[str] = []  # of the stream output that is still growing
        self.stream = ""
        self.kept = 0
        self.dropped = 0
        self.limit: str | None = None

    def start(self, draw: bool = True) -> None:
        """Begin with a new cell, whose figures are drawn or only named."""
        self._reset()
        self.recording, self.drawing = True, draw

    def finish(self) -> list[Item]:
        """End the cell and return its outputs, with a last line that says how much was dropped."""
        self._close_stream()
        self.recording = False
        if self.dropped:
            self.items.append(
                Item("stream", f"\n[{self.dropped} characters dropped]\n", None, "stderr")
            )
        return self.items

    def write(self, name: str, text: str) -> None:
        """Add to a stream."""
        if not self.recording:
            return
        if name != self.stream:
            self._close_stream()
            self.stream = name
        kept = self._keep(text)
        if kept:
            self.parts.append(kept)

    def add(self, kind: str, text: str) -> None:
        """Add a result or a display."""
        if self.recording:
            self._close_stream()
            self._append(Item(kind, self._keep(text)))

    def note(self, text: str) -> None:
        """Tell the reader about something that the sandbox did not do; not an error."""
        self.write("stderr", f"[sandbox] {text}\n")

    def figure(self, png: bytes | None, text: str) -> None:
        """Add a figure; one that is not drawn or too large is only named."""
        if not self.recording:
            return
        if png is not None and len(png) > self.limits.figure_bytes:
            text += f" (too large to keep: {len(png)} bytes)"
            png = None
            self.limit = self.limit or "figures"
        self._close_stream()
        self._append(Item("display", self._keep(text), png))

    def may_draw(self) -> bool:
        """Take one of the figures that the submission may still draw."""
        if not self.drawing:
            return False
        if self.figures_left > 0:
            self.figures_left -= 1
            return True
        if self.limits.figures:
            self.limit = self.limit or "figures"
        return False

    def _keep(self, text: str) -> str:
        text = str.__str__(text)
        room = self.limits.output_bytes - self.kept
        kept = text[:room].encode("utf-8", "replace")[:room].decode("utf-8", "ignore")
        self.kept += len(kept.encode())
        if len(kept) < len(text):
            self.kept = self.limits.output_bytes
            self.dropped += len(text) - len(kept)
            self.limit = self.limit or "output"
        return kept

    def _close_stream(self) -> None:
        if self.parts:
            self._append(Item("stream", "".join(self.parts), None, self.stream))
        self.parts, self.stream = [], ""

    def _append(self, item: Item) -> None:
        if len(self.items) < self.limits.outputs:
            self.items.append(item)
        else:
            self.dropped += len(item.text)
            self.limit = self.limit or "output"


class Stream(io.TextIOBase):
    """Stands for sys.stdout and sys.stderr."""

    def __init__(self, recorder: Recorder, name: str) -> None:
        self.recorder = recorder
        self.name = f"<{name}>"
        self._stream = name

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Text is kept as UTF-8."""
        return "utf-8"

    def writable(self) -> bool:
        """Accept text."""
        return True

    def write(self, text: str) -> int:
        """Record the text; anything but a str is a TypeError, as in every text stream."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.recorder.write(self._stream, text)
        return len(text)
