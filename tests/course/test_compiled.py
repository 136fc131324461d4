"""A submission makes no machine code, and misses none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sandboxes import TIERS, warm_process

from course.errors import GraderFault
from course.sandbox import view
from course.sandbox.forks import WarmProcess

COMPILED = "tornado.speedups"
"""Installed with the notebook tools, and not imported before a notebook does."""
FAILS = f"import {COMPILED}"
LIBRARY = """
import importlib, pathlib, sys, sysconfig, warnings
from importlib.machinery import EXTENSION_SUFFIXES
warnings.simplefilter("ignore")
def importable(names):
    found = set()
    for name in names:
        try:
            importlib.import_module(name)
            found.add(name)
        except ImportError as error:
            if "map segment" in str(error):
                raise
    return len(found)
folders = [pathlib.Path(path) for path in sys.path if path.endswith("lib-dynload")]
files = [file for folder in folders for file in folder.iterdir()]
print(importable({file.name.partition(".")[0] for file in files}) >= 20 if files else "built in")
print(importable(["matplotlib.tri", "mpl_toolkits.mplot3d", "PIL.ImageFont", "numpy.f2py"]))
"""
MEMORY = """
from course.sandbox import apart, compiled, warm
from course.sandbox.limits import Limits

warm.warm_up(Limits())
compiled.load()
apart.take_code()
apart.take_all()
print(*[line for line in open("/proc/self/maps") if "wx" in line.split()[1]])
"""


@pytest.mark.parametrize("access", ["PROT_EXEC", "PROT_READ | mmap.PROT_EXEC"])
def test_no_memory_becomes_machine_code(warm: WarmProcess, access: str) -> None:
    with warm.fork() as child:
        error = child.run(f"import mmap\nmmap.mmap(-1, 1, prot=mmap.{access})").error
        assert error is not None
        assert error.kind == "PermissionError"
        error = child.run("import ctypes\nctypes.CFUNCTYPE(None)(print)").error
        assert error is not None
        assert error.kind == "MemoryError"


def test_none_is_inherited_that_can_be_written(tmp_path: Path) -> None:
    beside = {**view.environment(), "HOME": str(tmp_path), "MPLCONFIGDIR": str(tmp_path)}
    command = [sys.executable, "-s", "-P", "-c", MEMORY]
    told = subprocess.run(command, env=beside, stdout=subprocess.PIPE, text=True, check=True)
    assert told.stdout == "\n"


def test_compiled_modules_can_be_imported_all_the_same(warm: WarmProcess) -> None:
    with warm.fork() as child:
        ran = child.run(LIBRARY)
    assert ran.error is None
    texts = "".join(output.text for output in ran.outputs).splitlines()
    assert texts[0] in ("True", "built in")
    assert texts[1] == "4"


def test_other_packages_must_be_named_before(warm: WarmProcess) -> None:
    with warm.fork() as child:
        error = child.run(FAILS).error
        assert error is not None
        assert error.kind == "ImportError"
        assert "failed to map segment" in error.text
    named = [COMPILED.partition(".")[0]]
    with WarmProcess(warm.isolation, packages=named) as ample, ample.fork() as child:
        assert child.run(FAILS).error is None


@pytest.mark.parametrize("tier", TIERS)
def test_a_package_that_cannot_be_imported_is_our_fault(tier: str) -> None:
    with (
        warm_process(tier) as warm,
        WarmProcess(warm.isolation, packages=["nowhere"]) as lacking,
        pytest.raises(GraderFault, match="No module named 'nowhere'"),
    ):
        lacking.fork()
