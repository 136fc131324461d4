"""What a student reads of a limit that a cell ran into."""

from typing import get_args

import pytest

from course.lab import LabCell
from course.running import CUT, STOPPED, Executed, limits_hit
from course.sandbox.outcome import CellRun, Limit
from course.submission.repair import Cell


def sentences(limit: Limit, lab_cell: LabCell | None = None) -> list[str]:
    cell = Cell("code", "x = 1", lab_cell)
    ran = Executed(cell, CellRun(outputs=(), error=None, cpu=0.0, limit=limit))
    return [hit.sentence for hit in limits_hit([ran], ended=None)]


@pytest.mark.parametrize("limit", get_args(Limit))
def test_every_limit_has_words_of_its_own(limit: Limit) -> None:
    (sentence,) = sentences(limit)
    assert (limit in CUT) != (limit in STOPPED)
    assert f"limit ({limit}): " in sentence
    assert "stopped" not in sentence or limit in STOPPED, "a cell that is cut short runs on"


def test_the_cell_is_called_by_its_name() -> None:
    metadata = {"grade_id": "cost"}
    cost = LabCell("1", "solution", "code", release="", solution="", metadata=metadata)
    assert sentences("cell_cpu", cost)[0].startswith("The cell 'cost' was stopped")
    assert sentences("cell_cpu")[0].startswith("A cell of your own was stopped")
