"""The border: values keep their exact type, and no bytes whatever get more than a ProtocolError."""

from __future__ import annotations

import json
import math
import socket
import struct
import threading
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest

from course.sandbox import wire
from course.sandbox.channel import HEADER, MAGIC, Channel, Closed, wait_for_ever
from course.sandbox.decode import decode
from course.sandbox.wire import Opaque, ProtocolError, Unsendable, encode


def round_trip(value: object) -> Any:
    return decode(*encode(value))


def same(one: Any, other: Any) -> bool:
    """Equal in value and in exact type, all the way down; NaN equals NaN."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one), list(other)) and same([*one.values()], [*other.values()])
    if isinstance(one, np.ndarray | np.generic):
        return (
            one.dtype == other.dtype
            and one.shape == other.shape
            and one.tobytes() == other.tobytes()
        )
    if isinstance(one, float):
        return struct.pack("d", one) == struct.pack("d", other) or (one != one and other != other)
    if isinstance(one, complex):
        return same([one.real, one.imag], [other.real, other.imag])
    return bool(one == other)


@pytest.mark.parametrize(
    "value",
    [
        np.float32(0.1),
        np.float64(0.1),
        np.int64(5),
        np.bool_(True),
        np.int8(-3),
        np.array(2.5),
        np.array(7, dtype=np.int32),
        np.zeros((0, 3)),
        np.arange(6.0).reshape(2, 3)[:, ::-1],
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        [np.float64(1.5)] * 30,
        [1.5] * 30,
        [True] * 30,
        [np.bool_(True)] * 30,
        [1.5, np.float64(1.5)] * 20,
        2**63 - 1,
        -(2**63),
        2**64,
        2**4095,
        -0.0,
        math.inf,
        "",
        "x" * 10_000,
        "\ud800",
        "\ud800" * 5_000,
        b"",
        {(1, 2): "tuple", 1: "one", "1": "text", None: 0, b"1": 1, 2.5: 2, 1j: 3},
        {},
        (),
        ((((),),),),
    ],
    ids=lambda value: f"{type(value).__name__}-{str(value)[:20]!a}",
)
def test_notable_values_keep_value_and_type(value: Any) -> None:
    assert same(round_trip(value), value)


def test_arrays_of_another_byte_order_become_native() -> None:
    assert same(round_trip(np.arange(3, dtype=">f8")), np.arange(3.0))


class Lying(float):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = float.__hash__


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Lying(1.0), "Lying"),
        (np.zeros((1, 1)).view(np.matrix), "matrix"),
        (np.ma.masked_array([1.0]), "MaskedArray"),
        (np.array([Lying(1.0)], dtype=object), "ndarray"),
        (np.array(["a"]), "ndarray"),
        (np.zeros(1, dtype=[("a", "f8")]), "ndarray"),
        (np.datetime64("2020-01-01"), "datetime64"),
        (len, "builtin_function_or_method"),
        (object(), "object"),
        (2**5000, "int"),
        ({1}, "set"),
        (range(3), "range"),
        ((item for item in ()), "generator"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_types_travel_as_name_and_repr_alone(value: object, name: str) -> None:
    got = decode(*encode([value], opaque=True))[0]
    assert type(got) is Opaque
    assert got.type.rpartition(".")[2] == name
    assert len(got.repr) <= wire.OPAQUE_CHARS
    with pytest.raises(Unsendable):
        encode([value])


class Pair(NamedTuple):
    """As a correct program may return it."""

    first: float
    second: float


class Moody(tuple[float, ...]):
    """Holds something else than it says."""

    __slots__ = ()

    def __iter__(self) -> Iterator[float]:
        return iter((0.0, 0.0, 0.0))

    def __len__(self) -> int:
        return 3

    def __getitem__(self, place: Any) -> Any:
        return 0.0


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Pair(1.5, -2.0), (1.5, -2.0)),
        ([Pair(Pair(1, 2), 3)], [((1, 2), 3)]),  # type: ignore[arg-type]
        (Moody((1.5, -2.0)), (1.5, -2.0)),
        (np.longdouble(1.5), np.float64(1.5)),
        ([np.longdouble(1.5)] * 30, [np.float64(1.5)] * 30),
        (np.array([[1.5, -2.0]], dtype=np.longdouble), np.array([[1.5, -2.0]])),
    ],
)
def test_tuples_with_names_and_long_doubles_travel_as_plain_values(
    value: object, plain: object
) -> None:
    assert same(decode(*encode(value, opaque=True)), plain)
    with pytest.raises(Unsendable):
        encode(value)


def test_a_repr_that_fails_is_said_to_fail() -> None:
    class Broken:
        def __repr__(self) -> str:
            raise RuntimeError

    assert decode(*encode(Broken(), opaque=True)).repr == "<its repr fails>"


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def holding_itself() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    "value",
    [
        nested(wire.MAX_DEPTH + 1),
        nested(900),
        holding_itself(),
        [None] * (wire.MAX_NODES + 1),
        [0.5] * (wire.MAX_PACKED + 1),
        bytes(2_000_000),
        "\U0001f600" * 1_000_000,
        np.zeros(1_000_000),
        {(key,): None for key in range(wire.MAX_ODD_KEYS + 1)},
        dict.fromkeys(range(wire.MAX_NUMBER_KEYS + 1)),
    ],
    ids=[
        "nested",
        "deep",
        "itself",
        "parts",
        "floats",
        "bytes",
        "text",
        "array",
        "keys",
        "numbers",
    ],
)
def test_what_is_beyond_a_cap_is_not_sent(value: Any) -> None:
    with pytest.raises(Unsendable):
        encode(value, opaque=True, body_bytes=1_000_000)


@pytest.mark.parametrize(
    "tree",
    [
        '{"t":[1],"d":[]}',
        "{}",
        '{"x":1}',
        '{"t":1}',
        '{"d":[[1]]}',
        '{"d":[[1,2],[1,3]]}',
        '{"d":[[[],2]]}',
        '{"d":[[{"a":["<f8",[0]]},2]]}',
        '{"i":"zz"}',
        '{"i":5}',
        '{"c":[1,2]}',
        '{"c":["1","2"]}',
        '{"a":["i1,i1,i1",[1]]}',
        '{"a":["O",[1]]}',
        '{"a":["|O",[0]]}',
        '{"a":["<f8",[-1]]}',
        '{"a":["<f8",[1.0]]}',
        '{"a":["<f8",[true]]}',
        '{"a":["<f8",[9223372036854775807,9223372036854775807]]}',
        '{"a":["<f8",[0,1099511627775,1099511627775,1099511627775]]}',
        '{"a":["<f8",[1]]}',
        '{"a":[["<f8"],[1]]}',
        '{"n":"<f8"}',
        '{"p":["<f8",99999999999,false]}',
        '{"s":1}',
        '{"b":-1}',
        '{"b":true}',
        '{"o":[1,2]}',
        '{"o":["a"]}',
        str(2**64),
        "1" * 5000,
        "[" * 100_000,
        '{"t":' * 50_000,
        json.dumps(nested(wire.MAX_DEPTH + 1)),
        "[" + "0," * wire.MAX_NODES + "0]",
        '{"d":[' + ",".join(f'[{{"c":[{k}.0,1.0]}},0]' for k in range(1001)) + "]}",
        "",
        "\x00",
        '"é"',
    ],
    ids=lambda tree: f"{tree[:30]!a}",
)
def test_a_malformed_tree_is_a_protocol_error(tree: str) -> None:
    with pytest.raises(ProtocolError):
        decode(tree.encode(), b"")


def test_bytes_left_over_are_a_protocol_error() -> None:
    with pytest.raises(ProtocolError, match="left over"):
        decode(b"1", b"x")


def test_keys_that_collide_cost_little_time() -> None:
    """2**61 - 1 divides their difference, so all of these keys have one hash."""
    keys = [{"t": [float(2.0 ** (61 * k)), i]} for k in range(16) for i in (0, 1)]
    longs = [{"i": hex(((1 << 61) - 1) * (1 << 3) * k)} for k in range(1, 5_000)]
    tree = json.dumps({"d": [[key, 0] for key in [*keys, *longs]]}).encode()
    start = time.process_time()
    with pytest.raises(ProtocolError, match="unusual keys"):
        decode(tree, b"")
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ([{"b": 1_025}], b"x" * 1_025),
        ([{"t": [{"b": 600}, {"b": 600}]}], b"x" * 1_200),
        ([0] * 16, b""),
        ([{"t": [0] * 14}, 1], b""),
    ],
    ids=["bytes", "bytes of two", "parts", "parts within"],
)
def test_a_large_key_that_may_collide_is_a_protocol_error(key: list[Any], body: bytes) -> None:
    """A thousand of 60 kB with one hash took the judge two seconds, in each answer."""
    with pytest.raises(ProtocolError, match="a key is too large"):
        decode(json.dumps({"d": [[{"t": key}, 0]]}).encode(), body)


def test_keys_of_some_parts_are_sent() -> None:
    value = {tuple(range(15)): 1, (b"x" * 1_024,): 2, "x" * 5_000: 3, 1 << 70: 4}
    assert decode(*wire.encode(value)) == value
    for key in (tuple(range(16)), (b"x" * 1_025,), b"x" * 1_025):
        with pytest.raises(wire.Unsendable, match="a dictionary key is too large"):
            wire.encode({key: 1})


def test_long_texts_take_little_memory_together() -> None:
    """64 MiB with one rare letter took 256, and a check holds three answers at once."""
    half = wire.MAX_TEXT // 2
    value = ["é" * (half // 2), "x" * half]
    head, body = encode(value)
    assert decode(head, body) == value
    longer = json.dumps([{"s": half}, {"s": half + 1}]).encode()
    with pytest.raises(ProtocolError, match="too much text"):
        decode(longer, bytes(2 * half + 1))
    with pytest.raises(wire.Unsendable, match="too much text"):
        encode([*value, "y" * 5_000])


def test_truth_values_are_true_or_false() -> None:
    got = decode(b'{"a":["|b1",[3]]}', b"\x00\x01\x07")
    assert got.tobytes() == b"\x00\x01\x01"


@pytest.fixture
def ends() -> Any:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Channel(ours, 1_000_000), theirs


@pytest.mark.parametrize(
    "sent",
    [
        HEADER.pack(b"XXXX", 1, 0) + b"1",
        HEADER.pack(MAGIC, wire.MAX_HEAD + 1, 0),
        HEADER.pack(MAGIC, 1, 1_000_001),
        HEADER.pack(MAGIC, 1, (1 << 64) - 1),
        HEADER.pack(MAGIC, 1, 1) + b"1x",
    ],
    ids=["magic", "head", "body", "huge", "left over"],
)
def test_a_bad_header_is_a_protocol_error(ends: tuple[Channel, socket.socket], sent: bytes) -> None:
    channel, theirs = ends
    theirs.sendall(sent)
    with pytest.raises(ProtocolError):
        channel.receive()


def test_bytes_that_come_one_by_one_are_let_gather(ends: tuple[Channel, socket.socket]) -> None:
    channel, theirs = ends
    waits: list[int] = []

    def wait(descriptor: int, event: int) -> None:
        waits.append(event)
        wait_for_ever(descriptor, event)

    channel.wait = wait
    data = HEADER.pack(MAGIC, 3_001, 0) + b" " * 3_000 + b"1"

    def drip() -> None:
        for byte in data:
            theirs.sendall(bytes([byte]))
            time.sleep(1e-5)

    dripping = threading.Thread(target=drip)
    dripping.start()
    assert channel.receive() == 1
    dripping.join()
    assert len(waits) < 600


@pytest.mark.parametrize("sent", [b"", b"CS", HEADER.pack(MAGIC, 5, 0) + b"1"])
def test_an_end_within_a_frame_is_the_end(ends: tuple[Channel, socket.socket], sent: bytes) -> None:
    channel, theirs = ends
    theirs.sendall(sent)
    theirs.close()
    with pytest.raises(Closed):
        channel.receive()


def test_frames_follow_each_other(ends: tuple[Channel, socket.socket]) -> None:
    channel, theirs = ends
    other = Channel(theirs, 1_000_000)
    other.send([1, np.arange(3)])
    other.send("second")
    assert same(channel.receive(), [1, np.arange(3)])
    assert channel.receive() == "second"
    assert not channel.has_input()
