"""An inert `google.colab`: cells that mount Drive or upload files do nothing and end well.

Untrusted side. Students' notebooks come from Colab, and a cell that fails for want of Colab says
nothing about what they learnt.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

NAME = "google.colab"
NOTE = "google.colab does nothing while grading"

Say = Callable[[str], None]


class Inert:
    """Accepts every attribute, call, index and `with`, and does nothing."""

    def __init__(self, say: Say) -> None:
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

    def __repr__(self) -> str:
        return f"<{NOTE}>"


class _Module(ModuleType):
    """A module of which every other name is inert."""

    def __init__(self, name: str, say: Say) -> None:
        super().__init__(name)
        self._inert = Inert(say)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Inert:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._inert


class _Finder(MetaPathFinder, Loader):
    """Finds `google.colab` and whatever is said to lie below it."""

    def __init__(self, say: Say) -> None:
        self._say = say

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Claim every part of `google.colab`."""
        if fullname != NAME and not fullname.startswith(NAME + "."):
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make an inert module, with the few functions that are asked for more than nothing."""
        module = _Module(spec.name, self._say)
        if spec.name == f"{NAME}.drive":
            vars(module)["mount"] = self._mount
        if spec.name == f"{NAME}.userdata":
            vars(module)["get"] = self._get
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Run nothing."""

    def _mount(self, folder: str = "/content/drive", *others: object, **named: object) -> None:
        """Mount nothing, but let files be saved where the Drive would be."""
        self._say(NOTE)
        with contextlib.suppress(OSError, TypeError):
            os.makedirs(os.path.join(folder, "MyDrive"), exist_ok=True)  # noqa: PTH103, PTH118

    def _get(self, key: object) -> str:
        """Give a secret that is empty, and text, so that it fits wherever secrets go."""
        self._say(NOTE)
        return ""


def install(say: Say) -> None:
    """Let `google.colab` be imported; `say` notes what was skipped."""
    try:
        google = importlib.import_module("google")
    except ImportError:
        google = sys.modules["google"] = ModuleType("google")
        google.__path__ = []
    sys.meta_path.insert(0, _Finder(say))
    for part in ("drive", "userdata"):  # `from google.colab import drive` asks for an attribute
        importlib.import_module(f"{NAME}.{part}")
    google.colab = sys.modules[NAME]  # type: ignore[attr-defined]
