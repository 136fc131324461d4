"""Loads compiled modules before a submission starts, which can load none. Untrusted side.

A process that makes memory of its own into machine code does what no interpreter lets it do, such
as to empty the caches of what its neighbours run; so the filter refuses that, and with it to load a
library. One that is loaded already is only looked up again, when a notebook imports its module.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from types import ModuleType

OPENED_BY_LIBC = ("libgcc_s.so.1",)
"""When a thread ends itself."""


def load() -> None:
    """Load what Python's library has, and each package that is imported by now; run none of it."""
    _load(*OPENED_BY_LIBC, *map(str, modules()))


def load_packages(names: Iterable[str]) -> None:
    """Load all of these packages alone, which a lab names because its notebooks use them."""
    for name in names:
        _load(*map(str, _below(sys.modules[name])))


def _load(*libraries: str) -> None:
    for library in libraries:
        with suppress(OSError):  # it needs what is not installed here, and cannot be imported
            ctypes.CDLL(library)


def modules() -> Iterator[Path]:
    """The files of compiled modules: beside each other on the search path, and below packages."""
    for folder in sys.path:
        yield from _compiled(Path(folder), "*")
    for name, module in sorted(sys.modules.items()):
        if "." not in name:
            yield from _below(module)


def _below(module: ModuleType) -> Iterator[Path]:
    for folder in getattr(module, "__path__", ()):
        yield from _compiled(Path(folder), "**/*")


def _compiled(folder: Path, pattern: str) -> Iterator[Path]:
    for suffix in EXTENSION_SUFFIXES:
        yield from sorted(folder.glob(pattern + suffix))
