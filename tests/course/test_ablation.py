"""Each layer is there for something: without it, an attack gets through all the others."""

from __future__ import annotations

from pathlib import Path

import pytest
from ablation import (
    LAYERS,
    TIERS,
    attempted,
    committed,
    configurations,
    judge_table,
    measured,
    needed,
    table,
)
from ablation_machine import AS_ROOT
from sandboxes import missing

from course.sandbox import landlock

CAP_SYS_RESOURCE = 24
NEWEST_LANDLOCK = 7  # with which the committed table was measured

DEPTH = set() if AS_ROOT else {"privileges"}  # as docs/ablation.md explains
SEEN_IN_LANDLOCK_TIER = {"see that a file exists"}

works = pytest.mark.skipif(
    any(missing(tier) for tier in TIERS), reason="a tier does not work here, so nothing can go"
)


def rows(part: str) -> dict[str, list[str]]:
    """A committed table as lists of cells by attack."""
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in committed(part)]
    return {name: cells for name, *cells in lines[2:]}


def may_raise_limits() -> bool:
    """Whether this process has CAP_SYS_RESOURCE, which the one that was measured had not."""
    status = Path("/proc/self/status").read_text()
    return bool(int(status.partition("CapEff:")[2].split()[0], 16) >> CAP_SYS_RESOURCE & 1)


@works
def test_whole_tiers_stop_every_quick_attack() -> None:
    quick = [attack for attack in attempted() if not attack.slow]
    open_to = measured(quick, TIERS.values())
    assert open_to == {TIERS["bwrap"]: set(), TIERS["landlock"]: SEEN_IN_LANDLOCK_TIER}


def test_the_committed_table_gives_every_layer_a_reason() -> None:
    found = rows("machine").values()
    missed = {
        layer for cells in found for cell in cells[len(LAYERS) :] for layer in cell.split(", ")
    }
    for place, layer in enumerate(LAYERS):
        assert any(cells[place] == "●" for cells in found), f"{layer} alone stops nothing"
        assert layer in missed, f"{layer} can go"


@pytest.mark.slow
def test_every_layer_of_the_judge_has_an_attack_that_needs_it() -> None:
    lines = judge_table()
    assert lines == committed("judge")
    for _, with_it, without_it in rows("judge").values():
        assert (with_it, without_it == "stopped") == ("stopped", False)


@works
@pytest.mark.slow
def test_without_a_layer_something_gets_through() -> None:
    open_to = measured(attempted(), configurations())
    for layer in LAYERS:
        if layer not in DEPTH:
            assert any(needed(open_to, tier)[layer] for tier in TIERS), f"{layer} can go"
    if AS_ROOT and not may_raise_limits() and landlock.version() >= NEWEST_LANDLOCK:
        assert table(open_to) == committed("machine")
