"""What submissions run lies in memory of their own: none slows another by what it does to it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandboxes import TIERS, missing, warm_process

from course.sandbox import apart, view
from course.sandbox.forks import WarmProcess
from course.sandbox.host import Child
from course.sandbox.isolation import Isolation

PROGRAM = """
import numpy
from course.sandbox import apart, view
print(apart.take_code())
print(open("/proc/self/smaps").read())
"""


NAMES = (
    *("python3", "libpython", "libc.", "libm.", "math.", "_multiarray_umath.", "_generator."),
    *("libscipy_openblas", "libopenblas", "_backend_agg.", "ft2font.", "speedups."),
)


def shared(mappings: str) -> Iterator[str]:
    """Code of Python's, the C library's and NumPy's of which a process has no copy of its own."""
    access, path, size = "", Path(), ""
    for line in mappings.strip().splitlines():
        words = line.split()
        if "-" in words[0] and not words[0].endswith(":"):
            access, path = words[1], Path(words[-1])
        elif words[0] == "Size:":
            size = words[1]
        is_ours = access == "r-xp" and path.name.startswith(NAMES)
        if is_ours and words[0] == "Anonymous:" and words[1] != size:
            yield path.name


def test_code_is_copied_and_stays_what_it_is() -> None:
    command = [sys.executable, "-c", PROGRAM]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    copied, _, mappings = told.partition("\n")
    assert int(copied) > 1 << 20
    assert not [*shared(mappings)]
    assert "wxp" not in mappings


def seen_of(child: Child) -> str:
    """What a submission's process has mapped, seen from outside."""
    try:
        return Path(f"/proc/{child._process.pid}/smaps").read_text(encoding="utf-8")
    except PermissionError:
        pytest.skip("only root may see that")


@pytest.mark.parametrize("tier", TIERS)
def test_a_submission_shares_no_code_with_another(tier: str) -> None:
    with warm_process(tier) as warm, warm.fork() as child:
        child.run("import numpy")
        mappings = seen_of(child)
    assert "r-xp" in mappings
    assert not [*shared(mappings)]


@pytest.mark.parametrize("tier", TIERS)
def test_one_that_is_lent_a_solution_has_no_page_of_a_file(tier: str) -> None:
    """Whether it touches one that was put out of memory, whoever touches it next can tell."""
    with warm_process(tier) as warm, warm.fork(sealed=True) as child:
        mappings = seen_of(child)
        assert child.run("import numpy\nnumpy.zeros(10**6).sum()").error is None
    found = [each.split() for each in re.split(r"\n(?=[0-9a-f]+-[0-9a-f]+ )", mappings)]
    of_files = [each for each in found if each[1][0] == "r" and each[5].startswith("/")]
    assert len(of_files) > 100
    for each in of_files:
        assert each[each.index("Anonymous:") + 1] == each[each.index("Size:") + 1], each[:6]


MAPPED = """
from course.sandbox import compiled, libraries, warm
from course.sandbox.limits import Limits

warm.warm_up(Limits())
compiled.load()
lines = [line.split(None, 5) for line in open("/proc/self/maps")]
mapped = {line[5].strip() for line in lines if len(line) > 5 and line[5].startswith("/")}
print(*sorted(mapped - {str(path) for _, path in libraries.loaded()}))
"""


def test_no_other_file_is_mapped(tmp_path: Path) -> None:
    """Each page of such a file would hold a bit, too."""
    beside = {**view.environment(), "HOME": str(tmp_path), "MPLCONFIGDIR": str(tmp_path)}
    command = [sys.executable, "-s", "-P", "-c", MAPPED]
    told = subprocess.run(command, env=beside, stdout=subprocess.PIPE, text=True, check=True)
    assert told.stdout == "\n"


def test_what_a_lab_names_is_copied_whole() -> None:
    """Also what the package itself does not import: SciPy loads its parts when they are used."""
    if missing("bwrap"):
        pytest.skip(f"bwrap does not work here: {missing('bwrap')}")
    bwrap = Isolation.of_tier("bwrap")
    with WarmProcess(bwrap, packages=["tornado"]) as warm, warm.fork() as child:
        mappings = seen_of(child)
    assert "speedups." in mappings
    assert not [*shared(mappings)]


def test_what_is_no_library_or_gone_has_no_code(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no library" * 100, encoding="utf-8")
    assert not [*apart._segments(tmp_path / "text")]
    assert not [*apart._segments(tmp_path / "gone")]
    assert [*apart._segments(Path(sys.executable))]
