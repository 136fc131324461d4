"""What measuring is not possible here: many workers, one process that hands out and stores.

A queueing simulation. Each worker grades one submission after another; what is graded waits until
the one process that writes (folder, gradebook, ledger) has stored it, and that process hands out no
further ahead than it does in truth: one submission more than there are workers. The seconds come
from the bench; how long a submission takes is drawn from an exponential distribution above half of
the mean, wide on purpose.

    python -m bench.scale --grade 1.7 --store 0.025
"""

from __future__ import annotations

import argparse
import heapq
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

HOUR = 3600.0
WORKERS = (1, 2, 8, 16, 32, 48, 64, 96, 128)


@dataclass(frozen=True)
class Outcome:
    """A simulated run: seconds in all, and how busy (0 to 1) the writer and the workers were."""

    workers: int
    seconds: float
    writer: float
    grading: float


def simulate(submissions: int, workers: int, grade: float, store: float, seed: int = 0) -> Outcome:
    """Grade that many with that many workers; `grade` and `store` are mean seconds for one."""
    rng = random.Random(seed)
    free = [0.0] * workers  # when each worker has nothing to do
    heapq.heapify(free)
    finished: list[float] = []  # when each submission that is not stored yet was graded
    writer = stored_at = worked = 0.0
    handed_out = 0
    for stored in range(submissions):
        while handed_out < min(submissions, stored + workers + 1):
            seconds = grade * (0.5 + rng.expovariate(2.0))
            began = max(heapq.heappop(free), stored_at)
            heapq.heappush(free, began + seconds)
            heapq.heappush(finished, began + seconds)
            worked += seconds
            handed_out += 1
        stored_at = max(stored_at, heapq.heappop(finished)) + store
        writer += store
    return Outcome(workers, stored_at, writer / stored_at, worked / (workers * stored_at))


def table(submissions: int, grade: float, store: float, price: float) -> Iterator[str]:
    """A line for each number of workers, and the least that grades them all in an hour."""
    yield f"{submissions} submissions, {grade:g} s to grade one, {1000 * store:g} ms to store it"
    yield "workers   hours  an hour  writer busy  workers busy"
    for workers in WORKERS:
        yield _line(simulate(submissions, workers, grade, store), submissions)
    yield f"The writer allows {HOUR / store:.0f} an hour, which {grade / store:.0f} workers fill."
    fewest = enough(submissions, grade, store)
    if fewest is None:
        runs = -(-submissions * store // HOUR)
        yield f"One writer cannot store them in an hour: {runs:.0f} runs, by lab or by section."
        return
    found = simulate(submissions, fewest, grade, store)
    hours = (fewest + 1) * found.seconds / HOUR
    yield f"In an hour: {fewest} workers and the writer, {hours:.0f} core hours:"
    yield f"{hours * price:.2f} at {price:g} for an hour of a core."


def enough(submissions: int, grade: float, store: float) -> int | None:
    """The fewest workers that are done in an hour; None when no number is."""
    if submissions * store >= HOUR:
        return None
    low, high = 0, max(2, round(4 * submissions * grade / HOUR))
    if simulate(submissions, high, grade, store).seconds > HOUR:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        late = simulate(submissions, middle, grade, store).seconds > HOUR
        low, high = (middle, high) if late else (low, middle)
    return high


def _line(found: Outcome, submissions: int) -> str:
    rate = submissions * HOUR / found.seconds
    return (
        f"{found.workers:7}{found.seconds / HOUR:8.2f}{rate:9.0f}{100 * found.writer:11.0f} %"
        f"{100 * found.grading:12.0f} %"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table for what was measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--submissions", type=int, default=100_000)
    parser.add_argument("--grade", type=float, required=True, help="seconds to grade one")
    parser.add_argument("--store", type=float, required=True, help="seconds to store one")
    parser.add_argument("--price", type=float, default=0.04, help="of a core for an hour")
    wanted = parser.parse_args(arguments)
    for line in table(wanted.submissions, wanted.grade, wanted.store, wanted.price):
        print(line)


if __name__ == "__main__":
    main()
