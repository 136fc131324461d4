"""What the hidden region of a grade cell calls when a notebook is opened outside of the judge.

In an instructor's Jupyter it runs the cell's hidden checks on the live namespace, as a preview.
Run by a foreign `nbgrader autograde` it raises, and the cell scores zero: a course that is set up
wrongly must fail closed, and not pass on the strength of its visible checks.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from course.config import find_root, load_settings
from course.judge.checks import Checks
from course.judge.proxy import InProcess
from course.judge.verdict import award
from course.record import CellRecord
from course.reports.notebook import plain_table


def preview(lab: str, grade_id: str) -> None:
    """Print what the hidden checks of one cell say of the functions of this very notebook.

    RuntimeError when nbgrader runs it: only the judge awards points.
    """
    if os.environ.get("NBGRADER_EXECUTION"):
        raise RuntimeError(
            f"Not graded: {grade_id} was run without the course's judge. Check that "
            "nbgrader_config.py of the course was loaded, or run `course autograde`."
        )
    settings = load_settings(find_root(Path.cwd()))
    checks = Checks(settings.root / "tests" / lab, settings.secret)
    verdicts = checks.judge(grade_id, InProcess(_namespace()))
    awarded = award(checks.by_cell[grade_id], verdicts)
    total = sum(check.max_points for check in awarded)
    earned = sum(check.points for check in awarded)
    record = CellRecord(grade_id=grade_id, points=earned, max_points=total, checks=awarded)
    print(plain_table(record, "counterexample"))


def _namespace() -> dict[str, Any]:
    """The notebook's global names."""
    return vars(sys.modules["__main__"])
