"""Random values come back as they were; random bytes give plain data or a ProtocolError."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from test_wire import same

from course.sandbox import wire
from course.sandbox.decode import decode
from course.sandbox.wire import Opaque, ProtocolError, encode

PLAIN_TYPES = (type(None), bool, int, float, complex, str, bytes, list, tuple, dict, Opaque)


keys = st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.binary(), st.floats())


dtypes = st.sampled_from([np.dtype(code) for code in "?bBhHiIlLefdFD"])


leaves = st.one_of(
    keys,
    st.complex_numbers(),
    st.text(alphabet=st.characters(), max_size=20),
    arrays.arrays(dtypes, arrays.array_shapes(min_dims=0, min_side=0)),
    dtypes.flatmap(arrays.from_dtype).map(lambda value: np.asarray(value)[()]),
    st.lists(st.floats(), min_size=20, max_size=40),
)


values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.lists(inner, max_size=5).map(tuple),
        st.dictionaries(keys, inner, max_size=5),
    ),
    max_leaves=12,
)


def round_trip(value: object) -> Any:
    return decode(*encode(value))


def plain(value: Any) -> bool:
    """Nothing but what the format promises, by exact type."""
    if type(value) in (list, tuple):
        return all(map(plain, value))
    if type(value) is dict:
        return all(map(plain, [*value, *value.values()]))
    if type(value) is np.ndarray or isinstance(value, np.generic):
        return value.dtype.str in wire.DTYPES
    return type(value) in PLAIN_TYPES


@given(values)
@settings(max_examples=1000, deadline=None)
def test_values_keep_value_and_type(value: Any) -> None:
    assert same(round_trip(value), value)


def decodes_to_plain_or_fails(head: bytes, body: bytes) -> None:
    try:
        value = decode(head, body)
    except ProtocolError:
        return
    assert plain(value)


TAGS = [f'"{tag}"' for tag in "tdbsicanpo"]


NAMES = ['"<f8"', '"|b1"', '"<c16"', '"|O"', "null", "true", "NaN", "-Infinity", "1e999"]


STARTS = [
    '{"a":["<f8",[2,3]]}',
    '{"t":[',
    '{"d":[[',
    "]]}",
    "[[",
    "99999999999999",
    "\\ud800",
    "\xff",
]


pieces = st.sampled_from([*"{}[],:0123456789.-+eE \"'\\", *TAGS, *NAMES, *STARTS])


frames = st.one_of(
    st.tuples(st.binary(max_size=200), st.binary(max_size=100)),
    st.tuples(
        st.lists(pieces, max_size=30).map(lambda parts: "".join(parts).encode("latin-1")),
        st.binary(max_size=64),
    ),
)


json_trees = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from([*wire.DTYPES])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from([*"tdbsicanpox"]), inner, min_size=1, max_size=2),
    ),
    max_leaves=15,
)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A frame that was right, with some of its bytes replaced, dropped or doubled."""
    parts = [bytearray(part) for part in encode(draw(values))]
    for _ in range(draw(st.integers(1, 4))):
        part = parts[draw(st.integers(0, 1))]
        if part:
            place = draw(st.integers(0, len(part) - 1))
            part[place : place + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(parts[0]), bytes(parts[1])


def fuzz(examples: int) -> Any:
    return settings(
        max_examples=examples, deadline=None, suppress_health_check=[*HealthCheck], database=None
    )


@fuzz(8_000)
@given(frames)
def test_arbitrary_frames_only_fail_properly(frame: tuple[bytes, bytes]) -> None:
    decodes_to_plain_or_fails(*frame)


@fuzz(8_000)
@given(json_trees, st.binary(max_size=64))
def test_arbitrary_trees_only_fail_properly(tree: Any, body: bytes) -> None:
    decodes_to_plain_or_fails(json.dumps(tree).encode(), body)


@fuzz(5_000)
@given(mutated())
def test_mutated_frames_only_fail_properly(frame: tuple[bytes, bytes]) -> None:
    decodes_to_plain_or_fails(*frame)


@pytest.mark.slow
@fuzz(100_000)
@given(st.one_of(frames, mutated()))
def test_a_hundred_thousand_frames_only_fail_properly(frame: tuple[bytes, bytes]) -> None:
    decodes_to_plain_or_fails(*frame)
