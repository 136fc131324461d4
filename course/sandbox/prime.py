"""Makes the first start of a warm process as fast as the later ones.

Trusted side. The sandbox sees libraries read-only, so it can neither store compiled bytecode nor
Matplotlib's list of fonts; where installers leave that to the first import, every start would pay.
One import outside of the sandbox, without any submission, stores both.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

from course.sandbox import view

IMPORTS = (
    "import numpy.random, matplotlib.pyplot, matplotlib.backends.backend_agg, IPython.core.magics"
)
SECONDS = 120


@cache
def prime() -> None:
    """Import the libraries outside the sandbox if nothing is stored yet; failing does no harm."""
    stored = _bytecode("matplotlib")
    missing = stored is not None and not stored.exists() and _writable(stored)
    if missing or not view.font_lists():
        fonts = view.font_cache()
        with suppress(OSError):
            fonts.mkdir(parents=True, exist_ok=True)
        environment = view.environment() | {
            "PYTHONDONTWRITEBYTECODE": "",
            "MPLCONFIGDIR": str(fonts),
            "HOME": str(fonts),  # where there are none
        }
        command = [sys.executable, "-s", "-P", "-c", IMPORTS]
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                command, env=environment, capture_output=True, timeout=SECONDS, check=False
            )


def _bytecode(package: str) -> Path | None:
    """Return where the bytecode of a package would be stored."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    return Path(importlib.util.cache_from_source(spec.origin))


def _writable(path: Path) -> bool:
    parent = path.parent if path.parent.exists() else path.parent.parent
    return os.access(parent, os.W_OK)
