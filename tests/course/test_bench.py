"""The bench asks everybody the same checks, and reckons as its text says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import tiny

from bench import breakdown
from bench.breakdown import Stopwatch
from bench.flatness import Moment
from bench.scale import enough, simulate
from course.config import load_settings
from course.grading import Grader
from course.judge.checks import Checks
from course.lab import Lab
from course.release import release

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
from bench.report import Measured, cpu_each, draw, most_possible, ratios
def made(name, start, each):
    whole = tuple(Cost(start + 11 * each + noise, 11 * each + start) for noise in (0, 5, -1))
    return Measured(name, True, 11, whole, (Cost(start + each, start + each),))
ours, theirs = made("course autograde, 1 process", 3.0, 0.5), made("nbgrader autograde", 2.0, 4.0)
assert abs(ours.each("cpu") - 0.5) < 1e-9 and abs(theirs.each("cpu") - 4.0) < 1e-9
assert list(ratios([ours, theirs]).values()) == [round(46 / 8.5, 1)]
floor = made("floor", 1.0, 0.25)
assert list(most_possible([theirs], {True: floor}, 2).values()) == [round(46 / 11 * 2 / 0.25, 1)]
both = made("course autograde, 2 processes", 3.0, 0.7)
cpu = cpu_each([ours, both, theirs])
assert cpu == {"nbgrader": theirs.each("cpu"), "course": ours.each("cpu")}, cpu
draw(Path(sys.argv[1]), cpu, {"cells": 400.0, "figures": 100.0})
"""
    picture = tmp_path / "bench.svg"
    run(program, picture)
    assert picture.stat().st_size > 5000


def test_what_a_program_leaves_behind_counts() -> None:
    program = """
import sys
from bench.contenders import timed
busy = "import time\\nwhile time.process_time() < 0.6: pass"
left = f"import subprocess as s, sys; s.Popen([sys.executable, '-c', {busy!r}], stdout=s.DEVNULL)"
print(timed([sys.executable, "-c", left], ".").cpu)
"""
    assert float(run(program)) > 0.6


def test_otter_is_asked_the_same_checks(tmp_path: Path) -> None:
    course = tiny.write_course(tmp_path / "course")
    program = """
import sys
from bench.incell import demand
sys.path.insert(0, sys.argv[1])
names = {}
exec(sys.argv[2], names)
for cell, check in [each.split("::") for each in sys.argv[3:]]:
    try:
        demand("tiny", cell, check, "demo", names)
    except AssertionError:
        print("no", end=" ")
    else:
        print("yes", end=" ")
"""
    checks = [
        f"{cell}::{check.name}"
        for cell, found in Checks(course / "tests" / "tiny", "demo").by_cell.items()
        for check in found
    ]
    for typed, answers in ((tiny.RIGHT, {"yes"}), (tiny.HALF, {"yes", "no"}), (tiny.WRONG, {"no"})):
        said = run(program, course / "tests", "\n".join(typed.values()), *checks)
        assert (set(said.split()), len(said.split())) == (answers, len(checks))


def test_each_step_of_grading_is_found_where_it_is_timed(tmp_path: Path) -> None:
    settings = load_settings(tiny.write_course(tmp_path))
    release(settings, tiny.LAB)
    notebook = json.dumps(tiny.filled(settings.root, tiny.RIGHT)).encode()
    watch = Stopwatch()
    with Grader(settings, Lab.load(settings, tiny.LAB)) as grader, breakdown._steps(watch):
        assert grader.grade("ada", notebook).record.points == 10
    tiny.forget_checks()
    assert {"repair", "checks", "wire", "record"} == set(watch.seconds)
    assert all(watch.seconds.values())


def test_the_simulation_is_bound_by_workers_then_by_the_writer() -> None:
    few = simulate(2000, 2, grade=1.0, store=0.01)
    assert few.seconds == pytest.approx(1000, rel=0.05)
    assert few.grading > 0.98
    many = simulate(2000, 400, grade=1.0, store=0.01)
    assert many.seconds == pytest.approx(20, rel=0.15)
    assert many.writer > 0.9
    assert simulate(1, 1, grade=1.0, store=0.5).writer < 0.5


def test_the_fewest_workers_are_enough_and_one_less_is_not() -> None:
    fewest = enough(3000, grade=6.0, store=0.1)
    assert fewest is not None
    assert simulate(3000, fewest, 6.0, 0.1).seconds <= 3600
    assert simulate(3000, fewest - 1, 6.0, 0.1).seconds > 3600
    assert enough(3000, grade=6.0, store=1.2) is None


def test_the_first_submission_is_told_from_the_self_test() -> None:
    program = """
from bench.outside import Process, _is_submission
warm = b"python\\0-m\\0course.sandbox.warm\\x007"
family = {
    1: Process(0, b"course\\0autograde", 1.0),
    2: Process(1, b"bwrap\\0" + warm, 0.1), 3: Process(2, warm, 0.5), 4: Process(3, warm, 0.1),
    5: Process(1, b"python\\0-c\\0from multiprocessing.forkserver import main", 0.5),
    6: Process(5, b"python\\0-c\\0from multiprocessing.forkserver import main", 0.1),
    7: Process(6, b"bwrap\\0" + warm, 0.1), 8: Process(7, b"bwrap\\0" + warm, 0.1),
    9: Process(8, warm, 0.5), 10: Process(9, warm, 0.1),
}
print([pid for pid in family if _is_submission(family, pid)])
"""
    assert run(program).strip() == "[10]"


def test_a_fifth_is_what_lies_between_two_moments() -> None:
    first, second = Moment(20, 1.0, 4.0, 0.5), Moment(50, 3.0, 9.0, 0.75)
    assert second - first == Moment(30, 2.0, 5.0, 0.25)
