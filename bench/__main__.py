"""`python -m bench`: every contender on the same notebooks, in interleaved rounds."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from bench import report
from bench.breakdown import break_down
from bench.contenders import Contender, Cost, floor, nbgrader, ours, prepare_nbgrader
from bench.flatness import flatness
from bench.otter import otter
from bench.outside import Around
from bench.report import Measured
from bench.samples import REPOSITORY, Class, make_class
from course.autograde import cores as available
from course.config import load_settings


def main() -> None:
    """Measure, print, and write what was asked for."""
    wanted = _arguments()
    if wanted.flatness:
        return _flatness(wanted)
    with tempfile.TemporaryDirectory(prefix="course-bench-") as folder:
        print("Preparing: a class, released and handed in.", file=sys.stderr)
        of = make_class(load_settings(REPOSITORY), wanted.lab, wanted.notebooks, Path(folder))
        prepare_nbgrader(of)
        contenders = [
            *(ours(of, of.drawn, processes) for processes in (1, 2)),
            *(ours(of, of.not_drawn, processes) for processes in (1, 2)),
            *(nbgrader(of, figures) for figures in (True, False)),
            *(floor(of, figures) for figures in (True, False)),
            *(otter(of, wanted.otter, figures) for figures in (True, False) if wanted.otter),
        ]
        measured = _rounds(of, contenders, wanted.rounds)
        steps, memory = break_down(of, min(wanted.notebooks, 20), Path(folder))
        around = Around.measure(of, wanted.rounds)
    floors = {each.figures: each for each in measured if each.name == "floor"}
    print(f"\n{wanted.notebooks} notebooks of {wanted.lab}, {wanted.rounds} rounds, medians:\n")
    print(report.table(measured, floors))
    if not wanted.otter:
        print("\notter run: not measured; bench/otter.txt says what --otter=PATH needs.")
    print("\nTimes their throughput (wall, start-up included):")
    for name, ratio in report.ratios(measured).items():
        print(f"  {name}: {ratio:g}")
    cores = available()
    possible = report.most_possible(measured, floors, cores)
    print(f"\nAt most, if {cores} cores did nothing but run the floor's cells and checks:")
    for name, ratio in possible.items():
        print(f"  {name}: {ratio:g}")
    cpu = report.cpu_each(measured)
    print("\nWhere our time goes, one submission:")
    print(report.steps_text(steps, memory))
    print(f"\n{around.text()}")
    if wanted.json:
        results = _results(measured, cpu, steps, memory) | asdict(around)
        results["most_possible"] = possible
        wanted.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if wanted.picture:
        report.draw(wanted.picture, cpu, steps)


def _flatness(wanted: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="course-bench-") as folder:
        settings = load_settings(REPOSITORY)
        found = flatness(settings, wanted.lab, wanted.flatness, Path(folder))
    print(found.text())
    if wanted.json:
        wanted.json.write_text(found.to_json() + "\n", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("lab", nargs="?", default="lab1")
    parser.add_argument("--notebooks", type=int, default=60, metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="R")
    parser.add_argument("--json", type=Path, help="write the results here as well")
    parser.add_argument("--picture", type=Path, help="draw them here (.svg or .png)")
    parser.add_argument(
        "--flatness",
        type=int,
        metavar="N",
        help="N cheap ones: is the last like the first?",
    )
    parser.add_argument(
        "--otter", type=_program, metavar="PATH", help="let this `otter` take part: bench/otter.txt"
    )
    wanted = parser.parse_args()
    if wanted.notebooks < 10 or wanted.rounds < 1:
        parser.error("at least ten notebooks and one round: fewer drown in start-up")
    return wanted


def _program(path: str) -> Path:
    found = shutil.which(path)
    if found is None:
        raise argparse.ArgumentTypeError(f"{path!r} is no program: see bench/otter.txt")
    return Path(found).absolute()


def _rounds(of: Class, contenders: list[Contender], rounds: int) -> list[Measured]:
    """Each round lets everyone grade all and one; in every other round in reverse order."""
    whole: dict[int, list[Cost]] = {place: [] for place in range(len(contenders))}
    alone: dict[int, list[Cost]] = {place: [] for place in range(len(contenders))}
    for number in range(rounds):
        order = list(enumerate(contenders))
        for place, contender in order if number % 2 == 0 else reversed(order):
            figures = "with" if contender.figures else "without"
            what = f"Round {number + 1}: {contender.name}, {figures} figures"
            print(what, end=" … ", flush=True, file=sys.stderr)
            alone[place].append(contender.grade(of.students[:1]))
            whole[place].append(contender.grade(of.students[: contender.most]))
            print(f"{whole[place][-1].wall:.1f} s", file=sys.stderr)
    return [
        Measured(
            each.name,
            each.figures,
            min(len(of.students), each.most),
            tuple(whole[i]),
            tuple(alone[i]),
        )
        for i, each in enumerate(contenders)
    ]


def _results(
    measured: list[Measured], cpu: dict[str, float], steps: dict[str, float], memory: float
) -> dict[str, object]:
    return {
        "machine": {
            "cores": os.cpu_count(),
            "load": [round(load, 1) for load in os.getloadavg()],
            "python": platform.python_version(),
            "system": platform.system(),
        },
        "contenders": [each.to_dict() for each in measured],
        "times_their_throughput": report.ratios(measured),
        "cpu_seconds_each": {name: round(seconds, 4) for name, seconds in cpu.items()},
        "our_milliseconds": {name: round(ms, 2) for name, ms in steps.items()},
        "memory_mib": round(memory, 1),
    }


if __name__ == "__main__":
    main()
