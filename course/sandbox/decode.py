"""Rebuilds a value from a frame that a submission may have forged: plain data, or `ProtocolError`.

Both sides use it; the judge's side depends on it. Nothing is imported, called, evaluated or
unpickled, and every size is checked before memory is taken for it. The format is in docs/wire.md.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from course.sandbox.wire import (
    DTYPES,
    MAX_DEPTH,
    MAX_HEAD,
    MAX_INT_BITS,
    MAX_ITEMS,
    MAX_KEY_BYTES,
    MAX_KEY_PARTS,
    MAX_NODES,
    MAX_NUMBER_KEYS,
    MAX_ODD_KEYS,
    MAX_PACKED,
    MAX_TEXT,
    OPAQUE_CHARS,
    SMALL_INT_BITS,
    Opaque,
    PlainKey,
    ProtocolError,
)


class _Tag:
    """A JSON object: exactly one name, which says what its content stands for."""

    __slots__ = ("content", "name")

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        if len(pairs) != 1:
            raise ProtocolError("an object must have one name")
        self.name, self.content = pairs[0]


def decode(head: bytes, body: bytes | bytearray) -> Any:
    """Rebuild the value of a frame; whatever the bytes are, the only error is `ProtocolError`."""
    if len(head) > MAX_HEAD:
        raise ProtocolError("the tree is too large")
    try:
        decoder = _Decoder(body)
        value = decoder.value(json.loads(head.decode("ascii"), object_pairs_hook=_Tag), 0)
        if decoder.position != len(body):
            raise ProtocolError("bytes are left over")
        return value
    except ProtocolError:
        raise
    except (
        ArithmeticError,
        LookupError,
        MemoryError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise ProtocolError(type(error).__name__) from None  # its text quotes the submission


class _Decoder:
    """Builds one value, taking its buffers from the body in order."""

    def __init__(self, body: bytes | bytearray) -> None:
        self.body = memoryview(body)
        self.position = 0
        self.nodes = 0
        self.odd_keys = 0
        self.number_keys = 0
        self.packed = 0
        self.text_bytes = 0

    def value(self, tree: Any, depth: int) -> Any:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise ProtocolError("the tree is too deep or has too many parts")
        kind = type(tree)
        if kind is list:
            return [self.value(item, depth + 1) for item in tree]
        if kind is _Tag:
            read = _READERS.get(tree.name)
            if read is None:
                raise ProtocolError("the tag is not known")
            return read(self, tree.content, depth)
        if kind is int and tree.bit_length() > SMALL_INT_BITS:
            raise ProtocolError("the integer is too long")
        return tree

    def take(self, size: int) -> memoryview:
        end = self.position + size
        if size < 0 or end > len(self.body):
            raise ProtocolError("a buffer is outside the body")
        part = self.body[self.position : end]
        self.position = end
        return part

    def read_tuple(self, content: Any, depth: int) -> tuple[Any, ...]:
        return tuple([self.value(item, depth + 1) for item in _items(content)])

    def read_dict(self, content: Any, depth: int) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for pair in _items(content):
            name, value = _items(pair, 2)
            nodes, position = self.nodes, self.position
            key = self.value(name, depth + 1)
            if type(key) not in PlainKey or type(name) is _Tag:
                self.odd_keys += 1
                if self.odd_keys > MAX_ODD_KEYS:
                    raise ProtocolError("too many unusual keys")
                size = 0 if type(key) is str else self.position - position
                if self.nodes - nodes > MAX_KEY_PARTS or size > MAX_KEY_BYTES:
                    raise ProtocolError("a key is too large")
            self.number_keys += type(key) is not str
            if self.number_keys > MAX_NUMBER_KEYS:
                raise ProtocolError("too many numbers are keys")
            if key in result:
                raise ProtocolError("a key occurs twice")
            result[key] = self.value(value, depth + 1)
        return result

    def read_bytes(self, content: Any, depth: int) -> bytes:
        return bytes(self.take(_size(content)))

    def read_text(self, content: Any, depth: int) -> str:
        self.text_bytes += _size(content)
        if self.text_bytes > MAX_TEXT:  # of the whole frame: it may take four times as many
            raise ProtocolError("there is too much text")
        return str(self.take(content), "utf-8", "surrogatepass")

    def read_integer(self, content: Any, depth: int) -> int:
        if type(content) is not str or len(content) > MAX_INT_BITS // 4 + 3:
            raise ProtocolError("not a long integer")
        return int(content, 16)

    def read_complex(self, content: Any, depth: int) -> complex:
        real, imag = _items(content, 2)
        if type(real) is not float or type(imag) is not float:
            raise ProtocolError("not a complex number")
        return complex(real, imag)

    def numbers(self, dtype: Any, count: int) -> np.ndarray[Any, Any]:
        """Take `count` items; `dtype` is looked up, never parsed: np.dtype("i1,i1,…") is a bomb."""
        found = DTYPES.get(dtype) if type(dtype) is str else None
        if found is None:
            raise ProtocolError("the dtype is not known")
        raw = self.take(count * found.itemsize)
        if found.kind == "b":  # any other byte than 0 and 1 would make an inconsistent truth value
            return np.frombuffer(raw, np.uint8).astype(bool)
        return np.frombuffer(raw, found).copy()

    def read_array(self, content: Any, depth: int) -> np.ndarray[Any, Any]:
        dtype, shape = _items(content, 2)
        sizes = [_size(size) for size in _items(shape)]
        if len(sizes) > MAX_DEPTH:
            raise ProtocolError("too many dimensions")
        if (
            math.prod(max(size, 1) for size in sizes) > MAX_ITEMS
        ):  # an empty array may have any shape
            raise ProtocolError("the array is too large")
        return self.numbers(dtype, math.prod(sizes)).reshape(sizes)

    def read_scalar(self, content: Any, depth: int) -> Any:
        return self.numbers(content, 1)[0]

    def read_packed(self, content: Any, depth: int) -> list[Any]:
        dtype, count, scalars = _items(content, 3)
        self.packed += _size(count)
        if self.packed > MAX_PACKED:  # of the whole frame: each item becomes an object
            raise ProtocolError("the lists are too long")
        numbers = self.numbers(dtype, count)
        return list(numbers) if scalars is True else numbers.tolist()

    def read_opaque(self, content: Any, depth: int) -> Opaque:
        kind, text = _items(content, 2)
        if type(kind) is not str or type(text) is not str:
            raise ProtocolError("not an opaque object")
        return Opaque(kind[:OPAQUE_CHARS], text[:OPAQUE_CHARS])


_READERS = {
    "t": _Decoder.read_tuple,
    "d": _Decoder.read_dict,
    "b": _Decoder.read_bytes,
    "s": _Decoder.read_text,
    "i": _Decoder.read_integer,
    "c": _Decoder.read_complex,
    "a": _Decoder.read_array,
    "n": _Decoder.read_scalar,
    "p": _Decoder.read_packed,
    "o": _Decoder.read_opaque,
}


def _items(content: Any, count: int | None = None) -> list[Any]:
    if type(content) is not list or (count is not None and len(content) != count):
        raise ProtocolError("a list is missing or of the wrong length")
    return content


def _size(content: Any) -> int:
    if type(content) is not int or not 0 <= content < 1 << 40:
        raise ProtocolError("not a size")
    return content
