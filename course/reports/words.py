"""The words that all renderers share, so that a verdict reads the same everywhere."""

from __future__ import annotations

from course.record import CellRecord, CheckRecord, Outcome, Record, Status

VERDICTS = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "not right",
    Outcome.ERROR: "stopped",
    Outcome.TIMEOUT: "out of time",
    Outcome.NOT_RUN: "not run",
}

OWN = "own-"
"""How the id of a student's own cell begins in a graded notebook."""

LENT = (
    "So that no mistake is paid for twice, this exercise was judged once more with a right {names} "
    "in place of yours: the checks marked “lent” passed then. In your notebook it goes wrong until "
    "you mend {names}."
)


def verdict(check: CheckRecord) -> str:
    """What a check found, in a word or two."""
    return VERDICTS[check.verdict] + (", lent" if check.lent else "")


def lent(cell: CellRecord) -> str:
    """Why checks passed here although something above was wrong; '' when nothing was lent."""
    return LENT.format(names=" and ".join(f"`{name}`" for name in cell.lent)) if cell.lent else ""


def points(value: float) -> str:
    """Points as people write them: 7, 7.5."""
    return f"{value:g}"


def headline(record: Record) -> str:
    """One line that says what became of a submission."""
    if record.status is Status.UNGRADED:
        return f"{record.lab} · {record.student}: not graded yet, through a fault of the grader"
    total = f"{points(record.points)} of {points(record.max_automatic)} automatic points"
    waiting = sum(cell.max_points for cell in record.cells if cell.manual and cell.answered)
    more = f"; {points(waiting)} more are marked by hand" if waiting else ""
    return f"{record.lab} · {record.student}: {total}{more}"


def plain(grade_id: str) -> str:
    """A graded cell's name as people say it: `test_gradient_descent` is about gradient descent."""
    return grade_id.removeprefix("test_").replace("_", " ")
