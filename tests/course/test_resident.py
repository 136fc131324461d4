"""Libraries are in memory, whole, before a submission could read a page of one or leave it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from course.sandbox import view

PROGRAM = """
import ctypes, mmap, os, sys
from course.sandbox import resident

MADV_PAGEOUT = 21
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
file = os.open(sys.argv[1], os.O_RDONLY)
size = os.fstat(file).st_size
whole = libc.mmap(None, ctypes.c_size_t(size), mmap.PROT_READ, mmap.MAP_SHARED, file, 0)

def in_memory():
    pages = (ctypes.c_ubyte * -(-size // mmap.PAGESIZE))()
    assert not libc.mincore(ctypes.c_void_p(whole), ctypes.c_size_t(size), pages)
    return sum(page & 1 for page in pages) / len(pages)

ctypes.CDLL(sys.argv[1])
before = in_memory()
touched = resident.bring_in()
after = in_memory()
for each in resident._mapped():  # as when memory runs short
    ctypes.string_at(each.place, each.size.value)
    libc.madvise(each.place, each.size, MADV_PAGEOUT)
gone = in_memory()
resident.bring_in()
print(before, after, touched / size, gone, in_memory())
"""


def test_every_page_of_a_library_is_brought_in(tmp_path: Path) -> None:
    libraries = Path(np.__file__).parents[1].glob("numpy*/**/*.so*")
    library = max(libraries, key=lambda path: path.stat().st_size)
    copy = tmp_path / "library.so"
    shutil.copyfile(library, copy)
    with copy.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    command = [sys.executable, "-c", PROGRAM, str(copy)]
    beside = {**os.environ, "LD_LIBRARY_PATH": str(library.parent)}  # what it needs itself
    told = subprocess.run(command, env=beside, stdout=subprocess.PIPE, text=True, check=True)
    before, after, touched, gone, again = map(float, told.stdout.split())
    if before > 0.9:
        pytest.skip("the temporary folder here is in memory anyway")
    assert after == 1  # tables for linkers too: what is loaded before them can be made longer
    assert touched >= 1
    assert again == 1 > gone


MAPPED = """
from course.sandbox import compiled, resident, warm
from course.sandbox.limits import Limits

warm.warm_up(Limits())
compiled.load()
lines = [line.split(None, 5) for line in open("/proc/self/maps")]
mapped = {line[5].strip() for line in lines if len(line) > 5 and line[5].startswith("/")}
print(*sorted(mapped - {str(path) for path in resident.libraries()}))
"""


def test_no_other_file_is_mapped(tmp_path: Path) -> None:
    """Each page of such a file would hold a bit, too."""
    beside = {**view.environment(), "HOME": str(tmp_path), "MPLCONFIGDIR": str(tmp_path)}
    command = [sys.executable, "-s", "-P", "-c", MAPPED]
    told = subprocess.run(command, env=beside, stdout=subprocess.PIPE, text=True, check=True)
    assert told.stdout == "\n"
