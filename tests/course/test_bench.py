"""The bench asks everybody the same checks, and reckons as its text says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import tiny

REPOSITORY = Path(__file__).resolve().parents[2]


def run(program: str, *arguments: object) -> str:
    """Run a program as the bench does: in the repository, past what pytest has loaded."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("typed", "points"), [(tiny.RIGHT, [4, 6]), (tiny.HALF, [1, 2.5]), (tiny.WRONG, [0, 0])]
)
def test_checks_in_a_notebooks_own_process_give_the_judges_points(
    typed: dict[str, str], points: list[float], tmp_path: Path
) -> None:
    course = tiny.write_course(tmp_path / "course")
    program = """
import sys
from bench.incell import earned
sys.path.insert(0, sys.argv[1])
names = {}
exec(sys.argv[2], names)
print([earned("tiny", cell, "demo", names) for cell in ("test_double", "test_mean")])
assert "_pytest" not in sys.modules and "pydantic" not in sys.modules
"""
    said = run(program, course / "tests", "\n".join(typed.values()))
    assert [float(each) for each in said.strip("[]\n").split(",")] == points


def test_start_up_is_left_out_of_one_more_submission(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from bench.contenders import Cost
from bench.report import Measured, cpu_each, draw, ratios
def made(name, start, each):
    whole = tuple(Cost(start + 11 * each + noise, 11 * each + start) for noise in (0, 5, -1))
    return Measured(name, True, 11, whole, (Cost(start + each, start + each),))
ours, theirs = made("course autograde, 1 process", 3.0, 0.5), made("nbgrader autograde", 2.0, 4.0)
assert abs(ours.each("cpu") - 0.5) < 1e-9 and abs(theirs.each("cpu") - 4.0) < 1e-9
assert list(ratios([ours, theirs]).values()) == [round(46 / 8.5, 1)]
steps = {"cells": 400.0, "figures": 100.0}
cpu = cpu_each([ours, theirs], steps)
assert cpu == {"nbgrader": theirs.each("cpu"), "course": 0.5, "course, no figures": 0.4}, cpu
draw(Path(sys.argv[1]), cpu, steps)
"""
    picture = tmp_path / "bench.svg"
    run(program, picture)
    assert picture.stat().st_size > 5000
