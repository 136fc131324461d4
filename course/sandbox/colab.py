"""An inert `google.colab`: cells that mount Drive or upload files do nothing and end well.

Untrusted side. Students' notebooks come from Colab, and a cell that fails for want of Colab says
nothing about what they learnt.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

NOTE = "google.colab does nothing while grading"


class Inert:
    """Accepts every attribute, call, index and `with`, and does nothing."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def __getattr__(self, name: str) -> Inert:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *arguments: object, **named: object) -> Inert:
        """Say that nothing is done."""
        self._say(NOTE)
        return self

    def __getitem__(self, key: object) -> Inert:
        return self

    def __enter__(self) -> Inert:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __str__(self) -> str:
        return ""


class _Module(ModuleType):
    """A module of which every name is inert."""

    def __init__(self, name: str, inert: Inert) -> None:
        super().__init__(name)
        self._inert = inert
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Inert:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._inert


def install(say: Callable[[str], None]) -> None:
    """Put `google.colab` and its usual parts among the modules; `say` notes what was skipped."""
    inert = Inert(say)
    colab = _Module("google.colab", inert)
    for name in (
        "auth",
        "data_table",
        "drive",
        "files",
        "output",
        "patches",
        "userdata",
        "widgets",
    ):
        part = _Module(f"google.colab.{name}", inert)
        setattr(colab, name, part)
        sys.modules[part.__name__] = part
    sys.modules[colab.__name__] = colab
    if importlib.util.find_spec("google") is None:
        package = ModuleType("google")
        package.__path__ = []
        package.colab = colab  # type: ignore[attr-defined]
        sys.modules["google"] = package
