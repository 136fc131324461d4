"""No text takes the memory of the judge, or of whoever looks at it."""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

from course import cellcode, memory, patience, scopes
from course.cellcode import PARSING, parsed
from course.patience import OutOfPatience, within
from course.scopes import needed

MIB = 1 << 20


def limit() -> tuple[int, int]:
    return resource.getrlimit(resource.RLIMIT_DATA)


def test_more_is_refused_and_less_is_not() -> None:
    before = limit()
    with memory.at_most(50 * MIB):
        assert len(bytes(30 * MIB)) == 30 * MIB
        with pytest.raises(MemoryError):
            bytes(300 * MIB)
    assert limit() == before
    assert len(bytes(300 * MIB)) == 300 * MIB


def test_an_outer_limit_holds_within_an_inner_one() -> None:
    before = limit()
    with memory.at_most(20 * MIB):
        outer = limit()
        with memory.at_most(500 * MIB), pytest.raises(MemoryError):
            bytes(300 * MIB)
        assert limit() == outer
    assert limit() == before


def test_a_limit_that_nobody_left_is_taken_back_by_the_one_around_it() -> None:
    before = limit()
    with memory.at_most(50 * MIB):
        inner = memory.at_most(20 * MIB)
        inner.__enter__()  # as for who runs out of time on the way
    del inner
    assert limit() == before


def test_who_runs_out_of_time_in_the_parser_leaves_no_limit() -> None:
    """It held for all whom this process graded afterwards, and for what it started."""
    source = "import a" + ".a" * 30_000

    def parse() -> None:
        while True:
            parsed(source)

    before = limit()
    for _ in range(3):
        with pytest.raises(OutOfPatience):
            within(0.3, parse)
        assert limit() == before


def test_another_thread_sets_no_limit_for_all() -> None:
    before, seen = limit(), []

    def look() -> None:
        with memory.at_most(MIB):
            seen.append(limit())

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [before]


def test_where_the_kernel_does_not_say_how_much_there_is_nothing_is_limited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "_SIZES", memory._SIZES / "nowhere")
    with memory.at_most(MIB):
        assert len(bytes(30 * MIB)) == 30 * MIB


def test_whoever_takes_too_much_is_out_of_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "MOST_BYTES", 50 * MIB)
    before = limit()
    with pytest.raises(OutOfPatience):
        within(5.0, lambda: bytes(300 * MIB))
    assert limit() == before


def test_a_machine_that_has_none_left_is_nobodys_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "MOST_BYTES", 1 << 60)
    with pytest.raises(MemoryError):
        within(5.0, lambda: bytes(1 << 50))


@pytest.mark.parametrize("error", memory.NOT_PARSED)
def test_nothing_is_remembered_of_a_text_for_which_there_was_no_memory(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever hands in the same cell later would have written no Python."""

    def parse(_: str) -> None:
        raise error

    source = f"a = 'of which nothing is remembered: {error.__name__}'"
    with monkeypatch.context() as patched:
        patched.setattr(cellcode, "ast", SimpleNamespace(parse=parse))
        patched.setattr(cellcode, "PARSING", 1 << 60)
        with pytest.raises(MemoryError):
            parsed(source)
    assert parsed(source) is not None


RUN_OUT = """
import os, signal, sys
from course import cellcode
CRASH = {signal.SIGSEGV} if sys.version_info >= (3, 13) else set()
ends = []
for half in range(1, 24):
    if os.fork() == 0:
        cellcode.PARSING = half << 19
        os._exit(0 if cellcode._tree("\U0001d4b3\\n" * 30_000) is None else 3)
    ends.append(os.waitstatus_to_exitcode(os.wait()[1]))
assert 0 in ends and {0, 3}.issuperset(end for end in ends if -end not in CRASH), ends
"""


def test_wherever_the_parser_runs_out_of_memory_the_text_is_no_python(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """For letters beyond ASCII that was a SystemError, too, and a fault of the grader's.

    Python 3.13 may crash there, for a fault of its own; then `batch` does without that worker.
    """
    subprocess.run([sys.executable, "-c", RUN_OUT], check=True)

    def fail(*_: str) -> None:
        raise SystemError

    monkeypatch.setattr(scopes.symtable, "symtable", fail)
    assert not scopes._tables("a = b")


SHORT = """
import os
from course import memory
from course.cellcode import parsed
python = "".join(
    f"def f{each}():\\n  global \u00e9{each}\\n  \u00e9{each}: int = 3\\n" for each in range(1_000)
)
for size in range(0, 6 << 20, 1 << 15):
    if os.fork() == 0:
        try:
            with memory.at_most(size):
                os._exit(parsed(python) is None)
        except MemoryError:
            os._exit(0)
    assert os.wait()[1] == 0, f"taken for no Python in {size} bytes"
"""


def test_what_memory_is_short_for_is_python_all_the_same() -> None:
    """A notebook that takes nearly all it may, and cells of others': as long as these were kept."""
    subprocess.run([sys.executable, "-c", SHORT], check=True)


LOOK = """
import resource, sys
from course.cellcode import parsed
from course.scopes import needed
used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = used()
source = eval(sys.argv[1])
assert parsed(source) is None and not needed(source)
print((used() - before) >> 10)
"""


@pytest.mark.parametrize(
    "source",
    [
        "'import ' + 'a.' * 30_000 + 'a'",
        "'import ' + 'é.' * 30_000 + 'é'",
        "'from ' + '\U00020000 . ' * 15_000 + 'a import b'",
    ],
)
def test_the_parser_gets_no_gigabytes(source: str) -> None:
    """Python's keeps each beginning of a dotted name until it is done: 6.6 GB of a cell."""
    looked = [sys.executable, "-c", LOOK, source]
    told = subprocess.run(looked, check=True, capture_output=True, text=True).stdout
    assert int(told) < 1.5 * PARSING / MIB


@pytest.mark.parametrize(
    "source",
    [
        "a\n" * 32_000,
        "a(b)\n" * 13_000,
        f"x = [{'1,' * 32_000}]",
        f"x = f'{'{a}' * 20_000}'",
        "import a.b.c, d.e\n" * 3_000,
    ],
)
def test_a_cell_as_long_as_may_be_is_parsed(source: str) -> None:
    assert parsed(source) is not None


def test_what_is_no_python_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    monkeypatch.setattr(cellcode, "_tree", tried.append)
    source = "no python at all, this once"
    for look in (parsed, needed, cellcode.study, cellcode.mentioned, cellcode.meaning):
        look(source)
    assert tried == [source]
