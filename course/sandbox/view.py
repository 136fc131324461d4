"""What the sandbox may see of this machine: interpreter, libraries, fonts and this package.

Trusted side. Whatever is listed here can be read by every submission, so the repository's root
never is: checks, sources and the gradebook lie there, perhaps right beside this package. The
start-up self-test tries to read the real ones all the same.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from course.sandbox.limits import Limits

PACKAGE = Path(__file__).resolve().parent
IMPORT_ROOT = PACKAGE.parent.parent
"""Folder that holds the package `course`; on the sandbox's search path, but not in its view."""

FONTS = ("/usr/share/fonts", "/usr/local/share/fonts")
SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", *FONTS)
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/etc/fonts")
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
SHARED_PREFIXES = ("/", "/usr", "/usr/local")
FOLDER_IN_BWRAP = "/sandbox"


def readable_paths() -> tuple[str, ...]:
    """Return the files and folders that a submission may read, none below another."""
    paths = {*SYSTEM, *SYSTEM_FILES, *DEVICES, str(PACKAGE), str(PACKAGE.parent / "__init__.py")}
    for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}:
        paths.update(_parts_of_prefix(prefix))
    paths.update(_links_to(sys.executable))
    paths.update([os.path.realpath(path) for path in paths])
    existing = sorted(path for path in map(Path, paths) if path.exists())
    folders = {path for path in existing if path.is_dir() and not path.is_symlink()}
    return tuple(str(path) for path in existing if folders.isdisjoint(path.parents))


def _links_to(program: str) -> Iterator[str]:
    """Yield a program and the links that it is reached by: python, python3, /usr/bin/python3, …"""
    path = Path(program)
    for _ in range(40):  # as many as the kernel follows
        yield str(path)
        if not path.is_symlink():
            return
        path = Path(os.path.normpath(path.parent / path.readlink()))


def _parts_of_prefix(prefix: str) -> list[str]:
    """Return a virtual environment whole, but of a prefix that others share only the libraries."""
    if os.path.realpath(prefix) not in SHARED_PREFIXES:
        return [prefix]
    return [str(Path(prefix, name)) for name in ("lib", "lib64", "local/lib")]


def font_cache() -> Path:
    """Return the folder of the lists of fonts that submissions get.

    Matplotlib's own, in the cache of whoever grades, name the files of fonts in their home.
    """
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "course"


def font_lists() -> list[Path]:
    """Return Matplotlib's lists of fonts there, which save a warm process some 0.1 s."""
    return sorted(font_cache().glob("fontlist-*.json"))


def environment() -> dict[str, str]:
    """Return the whole environment of the warm process: nothing of the instructor's."""
    return {
        "PATH": os.defpath,
        "LC_ALL": "C",  # of any other language files stay mapped, with pages that nobody has read
        "PYTHONUTF8": "1",
        "TZ": "UTC",
        "PYTHONPATH": str(IMPORT_ROOT),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",  # threads in BLAS and fork do not go together
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "1",  # else threads take address space by the number of cores
        "MPLBACKEND": "agg",
    }


def warm_command(control: int) -> list[str]:
    """Return the command that starts the warm process on a control socket."""
    return [sys.executable, "-s", "-P", "-m", "course.sandbox.warm", str(control)]


def bwrap_command(readable: tuple[str, ...], limits: Limits) -> list[str]:
    """Return bubblewrap's command line: new namespaces, and a root that holds just the view."""
    program = shutil.which("bwrap")
    if program is None:
        raise FileNotFoundError("bwrap is not installed")
    command = [program, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    command += ["--hostname", "sandbox"]
    for path in readable:
        if path.startswith("/dev/"):
            command += ["--dev-bind", path, path]
        elif Path(path).is_symlink():
            command += ["--symlink", str(Path(path).readlink()), path]
        else:
            command += ["--ro-bind", path, path]
    command += ["--size", str(limits.folder_bytes), "--perms", "0700", "--tmpfs", FOLDER_IN_BWRAP]
    for fonts in font_lists():
        command += ["--ro-bind", str(fonts), f"{FOLDER_IN_BWRAP}/home/{fonts.name}"]
    return [*command, "--remount-ro", "/", "--chdir", FOLDER_IN_BWRAP, "--"]
