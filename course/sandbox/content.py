"""Makes `/content` mean the submission's working folder, as it does in Colab.

Untrusted side. Every third Colab notebook names files below `/content`; no such folder exists here,
and a cell that saves a picture there would fail for it. The path is replaced where Python opens
files. This keeps nothing out: confinement is the kernel's business, this is a convenience.
"""

from __future__ import annotations

import builtins
import io
import os
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
from IPython.core import interactiveshell

CONTENT = "/content"
_BY_PATH = (
    *("access", "chdir", "listdir", "lstat", "mkdir", "open", "remove", "rmdir", "scandir"),
    *("stat", "unlink"),
)
_BY_TWO_PATHS = ("rename", "replace")

Function = Callable[..., Any]


def install() -> None:
    """Replace the functions of `os`, and `open`, that take a path; HOME is the working folder."""
    for name in _BY_PATH:
        setattr(os, name, _with_path(getattr(os, name), 1))
    for name in _BY_TWO_PATHS:
        setattr(os, name, _with_path(getattr(os, name), 2))
    opened = _with_path(open, 1)
    builtins.open = io.open = opened
    vars(interactiveshell)["io_open"] = opened  # a cell's own `open` is IPython's
    openers: Any = getattr(np.lib._datasource, "_file_openers", None)  # what `savetxt` opens with
    getattr(openers, "_file_openers", {})[None] = opened
    os.getcwd = _as_content(os.getcwd)


def _with_path(function: Function, paths: int) -> Function:
    """The same function, for which `/content` is the working folder."""

    @wraps(function)
    def called(*arguments: Any, **named: Any) -> Any:
        given = [*map(_real, arguments[:paths]), *arguments[paths:]]
        try:
            return function(*given, **named)
        except OSError as error:
            if arguments and error.filename == given[0]:
                error.filename = arguments[0]  # as the student wrote it
            raise

    return called


def _real(path: Any) -> Any:
    text = os.fspath(path) if isinstance(path, os.PathLike) else path
    if isinstance(text, str) and (text == CONTENT or text.startswith(CONTENT + "/")):
        return os.environ.get("HOME", "") + text[len(CONTENT) :]
    return path


def _as_content(getcwd: Function) -> Function:
    """Where the submission is, by Colab's name: the real one differs from run to run."""

    @wraps(getcwd)
    def called() -> str:
        folder, home = str(getcwd()), os.environ.get("HOME", "")
        inside = bool(home) and (folder == home or folder.startswith(home + "/"))
        return CONTENT + folder[len(home) :] if inside else folder

    return called
