"""What a bench came to: as text, as JSON, and as a picture for docs/performance.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.contenders import Cost

BLUE, ORANGE, GREY, PINK = "#0072B2", "#E69F00", "#8c8c8c", "#CC79A7"


@dataclass(frozen=True)
class Measured:
    """A contender's rounds: all notebooks, and one alone, which is mostly start-up."""

    name: str
    figures: bool
    notebooks: int
    whole: tuple[Cost, ...]
    alone: tuple[Cost, ...]

    def each(self, what: str) -> float:
        """Median seconds ("wall" or "cpu") of one more submission, start-up left out."""
        many = median(getattr(cost, what) for cost in self.whole)
        one = median(getattr(cost, what) for cost in self.alone)
        return float(max(many - one, 1e-9) / (self.notebooks - 1))

    @property
    def whole_each(self) -> float:
        """Median wall seconds for each submission, start-up included."""
        return float(median(cost.wall for cost in self.whole)) / self.notebooks

    @property
    def start(self) -> float:
        """Median wall seconds to grade one submission alone."""
        return float(median(cost.wall for cost in self.alone))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "name": self.name,
            "figures": self.figures,
            "notebooks": self.notebooks,
            "cpu_seconds_each": round(self.each("cpu"), 4),
            "wall_seconds_each": round(self.each("wall"), 4),
            "wall_seconds_each_with_start": round(self.whole_each, 4),
            "wall_seconds_one_alone": round(self.start, 3),
            "rounds": [[round(c.wall, 3), round(c.cpu, 3)] for c in self.whole],
        }


def table(measured: Sequence[Measured], floors: dict[bool, Measured]) -> str:
    """One line for each contender; times its floor's CPU, and how much faster than nbgrader."""
    lines = [
        f"{'':32}{'figures':>8}{'CPU s':>9}{'× floor':>9}{'wall s':>9}{'per hour':>10}"
        f"{'one alone s':>13}"
    ]
    for each in measured:
        cpu = each.each("cpu")
        lines.append(
            f"{each.name:32}{'yes' if each.figures else 'no':>8}{cpu:>9.3f}"
            f"{cpu / floors[each.figures].each('cpu'):>9.2f}{each.each('wall'):>9.3f}"
            f"{3600 / each.whole_each:>10.0f}{each.start:>13.1f}"
        )
    return "\n".join(lines)


def ratios(measured: Sequence[Measured]) -> dict[str, float]:
    """How many times the throughput of each other program ours has, wall, start-up included."""
    found = {}
    for mine in (each for each in measured if each.name.startswith("course")):
        for other in measured:
            if not other.name.startswith(("course", "floor")) and other.figures == mine.figures:
                figures = "with" if mine.figures else "without"
                key = f"{mine.name}, {figures} figures, against {other.name}"
                found[key] = round(other.whole_each / mine.whole_each, 1)
    return found


def most_possible(
    measured: Sequence[Measured], floors: dict[bool, Measured], cores: int
) -> dict[str, float]:
    """What `ratios` would be on so many cores if nothing but the floor's CPU had to be spent."""
    return {
        f"{'with' if each.figures else 'without'} figures, against {each.name}": round(
            each.whole_each * cores / floors[each.figures].each("cpu"), 1
        )
        for each in measured
        if not each.name.startswith(("course", "floor"))
    }


def steps_text(steps: dict[str, float], memory: float) -> str:
    """Where our time goes, longest first."""
    total = sum(steps.values())
    lines = [
        f"  {name:10}{ms:>9.1f} ms{100 * ms / total:>6.0f} %"
        for name, ms in sorted(steps.items(), key=lambda step: -step[1])
    ]
    peak = f"{memory:.0f} MiB" if memory else "not measured: /proc does not show it to you"
    return "\n".join([*lines, f"  memory of its own for a submission in flight: {peak}"])


def cpu_each(measured: Sequence[Measured]) -> dict[str, float]:
    """CPU seconds of one more submission, most first, by who grades it; ours with one process."""
    found = {
        each.name.split()[0] + ("" if each.figures else ", no figures"): each.each("cpu")
        for each in measured
        if not (each.name.startswith("course") and each.name.endswith("processes"))
    }
    return dict(sorted(found.items(), key=lambda each: -each[1]))


def draw(path: Path, cpu: dict[str, float], steps: dict[str, float]) -> None:
    """Two panels: CPU seconds of one submission by who grades it, and where ours go."""
    import matplotlib

    matplotlib.use("agg")
    matplotlib.rcParams["svg.hashsalt"] = "bench"
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.6), layout="constrained")
    colours = {"course": BLUE, "nbgrader": ORANGE, "floor": GREY, "otter": PINK}
    bars = left.barh(
        list(cpu), list(cpu.values()), color=[colours[name.split(",")[0]] for name in cpu]
    )
    left.bar_label(bars, fmt="%.2f", padding=3)
    left.set(title="CPU seconds for one more submission")
    parts = sorted(steps.items(), key=lambda step: step[1])
    bars = right.barh([name for name, _ in parts], [ms for _, ms in parts], color=BLUE)
    right.bar_label(bars, fmt="%.0f", padding=3)
    right.set(title="where ours go, milliseconds")
    for panel in (left, right):
        panel.margins(x=0.15)
        panel.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    plt.close(figure)
