"""Values that cross the trust boundary: a JSON tree and raw buffers, nothing that can execute.

Both sides use it. What arrives from a submission is hostile, so decoding builds only plain data
(None, bool, int, float, complex, str, bytes, list, tuple, dict, NumPy arrays and scalars of a fixed
list of dtypes, and `Opaque` for the rest), stays within caps, and fails with `ProtocolError` alone.
Encoding goes by exact type: a subclass has hooks, and hooks lie. Of a tuple with names only what it
holds travels, which no hook can change. The format is in docs/wire.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

MAX_HEAD = 2 << 20
"""Bytes of a frame's JSON tree."""
MAX_DEPTH = 24
"""Containers within containers."""
MAX_NODES = 200_000
"""Values in one tree."""
MAX_PACKED = 1 << 20
MAX_ITEMS = 1 << 28
"""Items of a list that travels as one buffer."""
MAX_ODD_KEYS = 1_000
"""Dictionary keys other than None, bool, small int, float and str: hashes of such keys can be made
to collide, and a dictionary of colliding keys takes quadratic time."""
MAX_KEY_PARTS, MAX_KEY_BYTES = 16, 1_024
"""Values within one such key, and bytes of its buffers: it is compared with all that collide."""
MAX_NUMBER_KEYS = 10_000
"""Keys that are numbers: they can be chosen so that each is looked for where all the others are.
The judge's hashes of text are its own secret."""
MAX_TEXT = 16 << 20
"""Bytes of all long texts of a frame: one rare letter, and each of the others takes four bytes."""
MAX_INT_BITS = 4_096
INLINE_TEXT = 4_096
PACK_FROM = 16
OPAQUE_CHARS = 200

SMALL_INT_BITS = 63
CODES = "?bBhHiIlLqQefdFD"
DTYPES = {np.dtype(code).str: np.dtype(np.dtype(code).str) for code in CODES}
SCALARS = frozenset(np.dtype(code).type for code in CODES)
LONG_DOUBLE = np.dtype(np.longdouble).char
"""As precise as the machine can: it travels in double precision, which every check compares in."""

PlainKey = (type(None), bool, int, float, str)


class ProtocolError(Exception):
    """The bytes are not a frame that this format knows; nothing of them may be used."""


class Unsendable(ValueError):
    """The value does not fit on the wire: too deep, too large, or of no plain type."""


@dataclass(frozen=True, eq=False)
class Opaque:
    """Stands for an object that the wire does not carry: only what it was called and how it looked.

    Compared by identity, so that two of them can be keys of one dictionary.
    """

    type: str
    repr: str


def encode(
    value: object, *, opaque: bool = False, body_bytes: int = 64 << 20
) -> tuple[bytes, bytes]:
    """Return head and body of a frame.

    With `opaque`, objects of other types travel as their name and repr (which runs their code);
    without it they raise `Unsendable`, as does everything beyond a cap.
    """
    encoder = _Encoder(opaque)
    tree = encoder.tree(value, 0)
    head = json.dumps(tree, separators=(",", ":")).encode("ascii")
    if len(head) > MAX_HEAD or sum(map(len, encoder.buffers)) > body_bytes:
        raise Unsendable("the value is too large")
    return head, b"".join(encoder.buffers)


class _Encoder:
    """Turns one value into a tree, collecting the buffers it refers to in order."""

    def __init__(self, opaque: bool) -> None:
        self.opaque = opaque
        self.buffers: list[bytes] = []
        self.nodes = 0
        self.odd_keys = 0
        self.number_keys = 0
        self.text_bytes = 0

    def tree(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise Unsendable("the value has too many parts")
        if depth > MAX_DEPTH:
            raise Unsendable(f"the value is nested more than {MAX_DEPTH} deep")
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is int:
            return self.integer(value)
        if kind is str:
            return self.text(value)
        if kind is list:
            return self.sequence(value, depth)
        if kind is tuple:
            return {"t": [self.tree(item, depth + 1) for item in value]}
        if kind is dict:
            return {"d": [self.item(key, item, depth + 1) for key, item in value.items()]}
        if kind is np.ndarray or kind in SCALARS:
            return self.array(value)
        if kind is bytes:
            return {"b": self.buffer(value)}
        if kind is complex:
            return {"c": [value.real, value.imag]}
        if self.opaque and issubclass(kind, tuple):  # a pair may be a namedtuple
            return self.tree(tuple(tuple.__iter__(value)), depth)
        if self.opaque and kind is np.longdouble:
            return self.tree(np.float64(value), depth)
        return self.other(value)

    def buffer(self, data: bytes) -> int:
        self.buffers.append(data)
        return len(data)

    def integer(self, value: int) -> Any:
        bits = value.bit_length()
        if bits <= SMALL_INT_BITS:
            return value
        return {"i": hex(value)} if bits <= MAX_INT_BITS else self.other(value)

    def text(self, value: str) -> Any:
        if len(value) <= INLINE_TEXT:
            return value
        data = value.encode("utf-8", "surrogatepass")
        self.text_bytes += len(data)
        if self.text_bytes > MAX_TEXT:
            raise Unsendable("the value has too much text")
        return {"s": self.buffer(data)}

    def sequence(self, value: list[Any], depth: int) -> Any:
        """Pack a long list of floats or of scalars of one dtype: a history is one buffer."""
        if PACK_FROM < len(value) <= MAX_PACKED:
            kinds = set(map(type, value))
            kind = kinds.pop()
            if not kinds and (kind is float or kind in SCALARS):
                dtype = np.dtype(kind).str
                if dtype in DTYPES:
                    self.buffers.append(np.array(value, dtype=dtype).tobytes())
                    return {"p": [dtype, len(value), kind is not float]}
        return [self.tree(item, depth + 1) for item in value]

    def item(self, key: Any, value: Any, depth: int) -> list[Any]:
        is_odd = type(key) not in PlainKey
        is_odd |= type(key) is int and key.bit_length() > SMALL_INT_BITS
        self.odd_keys += is_odd
        if self.odd_keys > MAX_ODD_KEYS:
            raise Unsendable("the value has too many dictionary keys that are no str or number")
        self.number_keys += type(key) is not str
        if self.number_keys > MAX_NUMBER_KEYS:
            raise Unsendable("the value has too many dictionary keys that are no str")
        nodes, buffers = self.nodes, len(self.buffers)
        name = self.tree(key, depth)
        size = sum(map(len, self.buffers[buffers:]))
        if is_odd and (self.nodes - nodes > MAX_KEY_PARTS or size > MAX_KEY_BYTES):
            raise Unsendable("a dictionary key is too large")
        return [name, self.tree(value, depth)]

    def array(self, value: Any) -> Any:
        dtype = value.dtype.newbyteorder("=")
        if self.opaque and dtype.char == LONG_DOUBLE:
            dtype = np.dtype(float)
        if dtype.str not in DTYPES:
            return self.other(value)
        self.buffer(np.asarray(value).astype(dtype, copy=False).tobytes())
        if type(value) is np.ndarray:
            return {"a": [dtype.str, list(value.shape)]}
        return {"n": dtype.str}

    def other(self, value: object) -> Any:
        if not self.opaque:
            raise Unsendable(f"the wire does not carry {type(value).__name__}")
        return {"o": [describe_type(value), describe(value)]}


def describe_type(value: object) -> str:
    """Return the name of a value's class, short and never failing."""
    try:
        name = f"{type(value).__module__}.{type(value).__qualname__}"
        return str.removeprefix(name, "builtins.")[:OPAQUE_CHARS]
    except Exception:
        return "?"


def describe(value: object) -> str:
    """Return `repr(value)`, short; a repr that fails is said to fail. It runs the value's code."""
    try:
        return str.__str__(repr(value))[:OPAQUE_CHARS]
    except Exception:
        return "<its repr fails>"
