"""Checks of an exercise that halves, for tests of the judge."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

from course.judge.proxy import InProcess

HALF = '''\
import pytest

EXERCISE = ("quarter", "half")


@pytest.mark.points(2)
def test_of_four(submission):
    """Half of four is two.

    More that no student reads."""
    submission.half(4.0).should_be(2.0)


@pytest.mark.points(0.5)
@pytest.mark.explanatory("tells that it is about numbers")
def test_of_many(submission, rng):
    """The half is the number divided by two."""
    x = float(rng.uniform(1, 9))
    submission.half(x).should_be(x / 2)
'''

OTHER = '''\
import pytest

EXERCISE = ("half",)


@pytest.mark.points(1)
def test_it_is_there(submission):
    """There is a half."""
    submission.value("half_of_two").should_be(1.0)
'''

MISTAKES = """\
from course.judge.diagnosis import misconception

REFERENCE = {"half": lambda x: x / 2, "quarter": lambda x: x / 4}
PROBES = {"half": [(3.0,)], "quarter": [(3.0,)]}


@misconception("half", "You doubled.", ())
def doubled(x):
    return 2 * x


@misconception("quarter", "You took the half.", ())
def halved(x):
    return x / 2
"""


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def forget() -> Iterator[None]:
    """A fixture that has every module of a test's checks imported anew."""
    before = dict(sys.modules), list(sys.path)
    yield
    for name in [name for name in sys.modules if name not in before[0]]:
        if name.startswith(("test_half", "test_other", "misconceptions", "helper")):
            del sys.modules[name]
    sys.path[:] = before[1]
    importlib.invalidate_caches()


def make_folder(tmp_path: Path) -> Path:
    """A fixture: the folder of the checks above."""
    return write(tmp_path / "tests" / "halves", test_half=HALF, test_other=OTHER)


def half(x: float) -> float:
    return x / 2


RIGHT = InProcess({"half": half, "half_of_two": 1.0})
