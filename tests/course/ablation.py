"""Which layer stops which attack: the layers of the sandbox taken away, one by one and all but one.

`python tests/course/ablation.py` (or `make ablation`) prints the tables of docs/ablation.md;
`--write` puts them there. Every attack that gets through finds canaries only.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from ablation_attacks import ATTACKS, PROGRAM, Attack
from ablation_judge import ON_THE_JUDGE
from ablation_machine import AS_ROOT, EFFECTS, Machine, machine
from sandboxes import SMALL

from course.sandbox import host, view
from course.sandbox.clock import Deadline, Expired
from course.sandbox.forks import WarmProcess
from course.sandbox.host import Child
from course.sandbox.isolation import Isolation
from course.sandbox.limits import MIB
from course.sandbox.outcome import SubmissionError
from course.sandbox.warmup import WarmHandle
from course.sandbox.watch import Watch

DOCS = Path(__file__).parents[2] / "docs" / "ablation.md"
LAYERS = ("bwrap", "landlock", "seccomp", "rlimits", "privileges", "judge")
IN_ISOLATION = ("bwrap", "rlimits", "landlock", "seccomp")
Layers = frozenset[str]
ALL: Layers = frozenset(LAYERS)
TIERS: dict[str, Layers] = {"bwrap": ALL, "landlock": ALL - {"bwrap"}}
ALONE = [frozenset({layer}) for layer in LAYERS]
WITHOUT = [(tier, layer, all_ - {layer}) for tier, all_ in TIERS.items() for layer in LAYERS]

LIMITS = replace(
    SMALL,
    submission_cpu=0.8,
    grace_cpu=0.1,
    wall_least=1.0,
    wall_factor=0.5,
    folder_bytes=8 * MIB,
    file_bytes=2 * MIB,
)
SPIN, WAIT = 4.6, 4.0  # CPU seconds above the hard limit of `LIMITS`; seconds above the judge's
NAMES = (
    f"MEMORY, FILE, NUMBER = {LIMITS.memory_bytes}, {LIMITS.file_bytes + 1}, {LIMITS.open_files}\n"
    f"FILES = {LIMITS.folder_files}\n"
    f"SPIN, WAIT = {SPIN}, {WAIT}\n"
)


class Patient(Deadline):
    """A deadline that nobody keeps: it waits until an attack may be said to have succeeded."""

    def __init__(self, process: object, *others: object) -> None:
        super().__init__(process, 2 * SPIN, 2 * WAIT, "wall", lambda: None)  # type: ignore[arg-type]


WARM = """
from course.sandbox import confine, warm
{change}
warm.main()
"""
KEPT = "confine.give_up_privileges = lambda: confine.prctl(confine.PR_SET_NO_NEW_PRIVS, 1)"
GIVEN_UP = "confine.give_up_privileges()"


def warm_command(change: str) -> mock._patch[object]:
    """A patch that starts the warm process with a change to what it imports."""
    command = [sys.executable, "-s", "-P", "-c", WARM.format(change=change)]
    return mock.patch.object(view, "warm_command", lambda control: [*command, str(control)])


def unasked(handle: WarmHandle, made: Any = WarmHandle._filters) -> dict[str, Any]:
    """The filters, of which none has the judge asked for threads."""
    return {**made(handle), "asking": []}


@contextlib.contextmanager
def sandbox(layers: Layers) -> Iterator[WarmProcess]:
    """A warm process with just these layers."""
    named = tuple(layer for layer in IN_ISOLATION if layer in layers)
    with contextlib.ExitStack() as stack:
        if "privileges" not in layers:
            stack.enter_context(warm_command(KEPT))
        elif not named:  # by itself it gives privileges up only when something else is confined
            stack.enter_context(warm_command(GIVEN_UP))
        if "judge" not in layers:
            stack.enter_context(mock.patch.object(host, "Deadline", Patient))
            stack.enter_context(
                mock.patch.multiple(Watch, glance=mock.DEFAULT, inspect=mock.DEFAULT)
            )
            stack.enter_context(mock.patch.object(Child, "cpu", 0.0))
            stack.enter_context(mock.patch.object(WarmHandle, "_filters", unasked))
        tier = "bwrap" if "bwrap" in layers else "landlock"
        yield stack.enter_context(WarmProcess(Isolation(tier, named), LIMITS))


def succeeding(machine: Machine, layers: Layers, attacks: Iterable[Attack]) -> set[str]:
    """The names of the attacks that get through these layers."""
    found = set()
    with sandbox(layers) as warm, warm.fork() as sibling:
        sibling.run("open('answer', 'w').write('SECRET')")
        for attack in attacks:
            machine.restore()
            said = ""
            with warm.fork() as child, contextlib.suppress(SubmissionError, Expired):
                child.run(PROGRAM + NAMES + machine.names(sibling._watch.folder))
                said = str(child.call("attempt", attack.source))
            effect = EFFECTS.get(attack.effect)
            if effect(machine) if effect else said == "allowed":
                found.add(attack.name)
        machine.restore()
    return found


def attempted() -> list[Attack]:
    """The attacks that this user can try."""
    return [attack for attack in ATTACKS if AS_ROOT or not attack.root]


def configurations() -> list[Layers]:
    """Every set of layers that the table needs, each once."""
    wanted = [frozenset[str](), *ALONE, *TIERS.values(), *(left for *_, left in WITHOUT)]
    return list(dict.fromkeys(wanted))


def needed(open_to: dict[Layers, set[str]], tier: str) -> dict[str, list[str]]:
    """For each layer of a tier the attacks that get through as soon as it alone is missing."""
    stopped = {attack.name for attack in attempted()} - open_to[TIERS[tier]]
    return {
        layer: [attack.name for attack in attempted() if attack.name in open_to[left] & stopped]
        for of, layer, left in WITHOUT
        if of == tier
    }


def table(open_to: dict[Layers, set[str]]) -> list[str]:
    """Which layer stops each attack alone, and without which layer of a tier it gets through."""
    lines = [
        f"| attack | {' | '.join(LAYERS)} | bwrap tier but for | landlock tier but for |",
        "| --- " * (len(LAYERS) + 3) + "|",
    ]
    missed = {tier: needed(open_to, tier) for tier in TIERS}
    for name in (attack.name for attack in attempted()):
        assert name in open_to[frozenset()], f"{name} fails by itself"
        cells = ["" if name in open_to[layers] else "●" for layers in ALONE]
        for tier, layers in TIERS.items():
            without = [layer for layer, names in missed[tier].items() if name in names]
            cells.append("not stopped" if name in open_to[layers] else ", ".join(without))
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def measured(attacks: Iterable[Attack], wanted: Iterable[Layers]) -> dict[Layers, set[str]]:
    """What gets through each of these sets of layers."""
    with machine() as canaries:
        return {layers: succeeding(canaries, layers, list(attacks)) for layers in wanted}


def judge_table() -> list[str]:
    """The table of attacks on the judge: what each comes to with its layer and without."""
    lines = ["| attack | layer | with it | without it |", "| --- | --- | --- | --- |"]
    for attack in ON_THE_JUDGE:
        lines.append(
            f"| {attack.name} | {attack.layer} | {attack.run(True)} | {attack.run(False)} |"
        )
    return lines


def committed(part: str) -> list[str]:
    """The lines of a table in docs/ablation.md."""
    found = re.search(rf"<!-- {part} -->\n(.*?)\n<!-- end -->", DOCS.read_text(), re.DOTALL)
    assert found is not None
    return found[1].strip().splitlines()


def main() -> None:
    """Print the tables, or put them where they belong."""
    tables = {
        "machine": table(measured(attempted(), configurations())),
        "judge": judge_table(),
    }
    if "--write" not in sys.argv:
        print(*("\n".join(lines) for lines in tables.values()), sep="\n\n")
        return
    text = DOCS.read_text()
    for part, lines in tables.items():
        before, _, rest = text.partition(f"<!-- {part} -->")
        after = rest.partition("<!-- end -->")[2]
        inside = "\n".join([f"<!-- {part} -->", "", *lines, "", "<!-- end -->"])
        text = before + inside + after
    DOCS.write_text(text)


if __name__ == "__main__":
    main()
