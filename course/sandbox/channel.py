"""Frames on a socket; the same few lines on both sides, so that the format has one home.

A frame is a header (magic, size of the tree, size of the buffers), the tree and the buffers.
Whoever owns the channel says how to wait: the judge with a deadline for the whole frame, a
submission for ever.
"""

from __future__ import annotations

import select
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

from course.sandbox import wire
from course.sandbox.decode import decode

HEADER = struct.Struct("!4sIQ")
MAGIC = b"CSW1"
MORSEL = 1_024
SECONDS_TO_GATHER = 0.002
"""What comes in fewer bytes at a time is let gather, or each costs the judge as much as many. An
honest frame comes whole, or in as much as a socket holds."""

Wait = Callable[[int, int], None]
"""wait(descriptor, event): return when a `select.poll` event is there; raise to end waiting."""


def wait_for_ever(descriptor: int, event: int) -> None:
    """Wait without a deadline: what the untrusted side does."""
    poll = select.poll()
    poll.register(descriptor, event)
    poll.poll()


class Closed(Exception):
    """The other end is gone."""


class Channel:
    """Sends and receives whole frames over one end of a stream socket, which it owns."""

    def __init__(self, end: socket.socket, frame_bytes: int, wait: Wait = wait_for_ever) -> None:
        self.socket = end
        self.socket.setblocking(False)
        self.frame_bytes = frame_bytes
        self.wait = wait

    def send(self, value: object, *, opaque: bool = False) -> None:
        """Encode and send; raises `wire.Unsendable` before a byte has left."""
        self.send_frame(wire.encode(value, opaque=opaque, body_bytes=self.frame_bytes))

    def send_frame(self, frame: tuple[bytes, bytes]) -> None:
        """Send what `wire.encode` returned."""
        head, body = frame
        self._send(HEADER.pack(MAGIC, len(head), len(body)) + head)
        if body:
            self._send(body)

    def receive(self) -> Any:
        """Return the next value; raises `Closed`, `wire.ProtocolError`, or what `wait` raises."""
        return decode(*self.receive_frame())

    def receive_frame(self) -> tuple[bytes, bytearray]:
        """Return the tree and the buffers of the next frame, to be decoded; raises the same."""
        magic, head_size, body_size = HEADER.unpack(self._receive(HEADER.size))
        if magic != MAGIC or head_size > wire.MAX_HEAD or body_size > self.frame_bytes:
            raise wire.ProtocolError("not a frame, or one that is too large")
        return bytes(self._receive(head_size)), self._receive(body_size)

    def has_input(self) -> bool:
        """Tell whether bytes (or the end) wait to be read."""
        poll = select.poll()
        poll.register(self.socket, select.POLLIN)
        return bool(poll.poll(0))

    def expect_end(self) -> None:
        """Tell what waits though nothing was asked: raises `Closed` or `wire.ProtocolError`."""
        try:
            if not self.socket.recv(1, socket.MSG_PEEK):
                raise Closed("end of stream")
        except OSError as error:
            raise Closed(str(error)) from None
        raise wire.ProtocolError("it sent something that nobody asked for")

    def close(self) -> None:
        """Close the end; harmless when repeated."""
        self.socket.close()

    def _send(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[self.socket.send(view) :]
            except BlockingIOError:
                self.wait(self.socket.fileno(), select.POLLOUT)
            except OSError as error:
                raise Closed(str(error)) from None

    def _receive(self, size: int) -> bytearray:
        data = bytearray(size)
        view = memoryview(data)
        while view:
            self.wait(self.socket.fileno(), select.POLLIN)
            try:
                count = self.socket.recv_into(view)
            except BlockingIOError:
                continue
            except OSError as error:
                raise Closed(str(error)) from None
            if not count:
                raise Closed("end of stream")
            view = view[count:]
            if view and count < MORSEL:
                time.sleep(SECONDS_TO_GATHER)
        return data
