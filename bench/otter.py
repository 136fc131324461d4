"""The same checks as an assignment of otter's, graded by `otter run`: an optional contender.

otter-grader and the course want different versions of the same libraries, so it lives in a virtual
environment of its own: `python -m venv FOLDER`, `FOLDER/bin/pip install -r bench/otter.txt`.
"""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from bench.contenders import Contender, Cost, timed
from bench.samples import REPOSITORY, Class
from course.judge.checks import Checks
from course.lab import Lab

MOST = 4  # it takes 9 s for each

HEAD = """\
import sys
sys.path[:0] = {places!r}
from otter.test_files import test_case
from bench.incell import demand
OK_FORMAT = False
name = {grade_id!r}
points = None
"""
CHECK = """\

@test_case(points={points!r}, hidden=True)
def {name}(env):
    demand({lab!r}, {grade_id!r}, {name!r}, {secret!r}, env)
"""


def otter(of: Class, program: Path, figures: bool) -> Contender:
    """`otter run`, one notebook after another; `program` is the `otter` of its environment."""
    assignment = _assignment(of, of.stock.parent / "otter.zip")
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    backend = {} if figures else {"MPLBACKEND": "agg"}

    def grade(students: Sequence[str]) -> Cost:
        costs = []
        with tempfile.TemporaryDirectory() as results:
            for student in students:
                notebook = of.stock / "submitted" / student / of.lab / f"{of.lab}.ipynb"
                command: list[str | Path] = [
                    program,
                    "run",
                    "-a",
                    assignment,
                    "-o",
                    results,
                    "--no-logo",
                    notebook,
                ]
                costs.append(timed(command, of.stock, PATH=path, **backend))
                _refuse_silence(Path(results, "results.json"), of)
        return Cost(sum(cost.wall for cost in costs), sum(cost.cpu for cost in costs))

    return Contender("otter run", figures, grade, MOST)


def _assignment(of: Class, path: Path) -> Path:
    """Otter's own form: a file of test cases for each grade cell, each check a case."""
    settings = of.drawn
    checks = Checks(Lab.load(settings, of.lab).checks_folder, settings.secret)
    places = [str(REPOSITORY), str(settings.root / "tests")]
    with zipfile.ZipFile(path, "w") as assignment:
        assignment.writestr("otter_config.json", "{}")
        for grade_id, cell in checks.by_cell.items():
            cases = [
                CHECK.format(
                    points=check.max_points,
                    name=check.name,
                    lab=of.lab,
                    grade_id=grade_id,
                    secret=settings.secret,
                )
                for check in cell
            ]
            text = HEAD.format(places=places, grade_id=grade_id) + "".join(cases)
            assignment.writestr(f"tests/{grade_id}.py", text)
    return path


def _refuse_silence(path: Path, of: Class) -> None:
    """A mark that otter gave without having asked the checks would be no contest."""
    tests = json.loads(path.read_text(encoding="utf-8"))["tests"]
    asked = sum(test.get("max_score", 0) for test in tests)
    most = max(of.points.values())
    if asked < most or not any(test.get("score") for test in tests):
        raise RuntimeError(f"otter asked for {asked} points of at least {most}: {tests}")
