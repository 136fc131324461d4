"""Pairs of solutions that are more alike than chance makes them: worth a look, never a verdict.

Short exercises have few right forms, so being alike says little by itself. What counts is what two
share and hardly anybody else has. Before that, everything is taken away that the lab itself gives
to everybody: stubs, given cells, and the plain solution that most find. Copies of a wrong answer
that no known mistake explains count double, since there are many ways to be wrong.

The numbers below were chosen on Lab 1: of its 66 right programs no two of a kind share as much,
while a copy of one of them with other names, comments and layout shares nearly all that is its own.
Who hands in a short function that somebody else wrote is not found, nor is who takes some lines.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from course.cellcode import study
from course.lab import Lab, LabCell
from course.record import CellRecord, Outcome, Record
from course.reports.cohort.tokens import (
    LENGTH,
    Gram,
    Token,
    code_tokens,
    covered,
    grams,
    marked,
    word_tokens,
)

SHARE = 0.8  # of what is the student's own in the shorter one, that few others have
TOKENS = 12  # so many at least, for a cell to be shown at all
WEIGHT_OF_ONE = 30.0  # what the heaviest cell must weigh for a pair to be worth a look, …
WEIGHT_OF_ALL = 60.0  # … or all of them together
WRONG_COUNTS = 2.0  # how much more the same unexplained wrong answer weighs
RARE = 0.02  # what more of the class than this has is common, …
RARE_WRONG = 0.05  # … or, among the same wrong answers, than this
RARE_AT_LEAST = 3  # students; in small classes a share says nothing

_IMPORTED = re.compile(r"^(?:import|from .+ import|import .+ as) +(\w+)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Work:
    """What one student wrote into one cell, as tokens."""

    student: str
    cell: str
    source: str
    tokens: tuple[Token, ...]
    own: frozenset[int]
    """The positions of tokens that the lab did not give."""
    wrong: tuple[str, ...] = ()
    """The checks it failed at, if no known mistake explains that."""


@dataclass(frozen=True)
class Alike:
    """One cell of two students: what they share that few others have."""

    cell: str
    tokens: int
    share: float
    both_wrong: bool
    first: tuple[tuple[str, bool], ...]
    second: tuple[tuple[str, bool], ...]

    @property
    def weight(self) -> float:
        """How much it says: the shared tokens, the same wrong answer counting double."""
        return self.tokens * (WRONG_COUNTS if self.both_wrong else 1.0)


@dataclass(frozen=True)
class Pair:
    """Two students whose work is alike in these cells, the heaviest first."""

    first: str
    second: str
    cells: tuple[Alike, ...]

    @property
    def weight(self) -> float:
        """How much all its cells say together."""
        return sum(each.weight for each in self.cells)

    @property
    def worth_a_look(self) -> bool:
        """Whether one cell says enough, or all of them together."""
        return self.cells[0].weight >= WEIGHT_OF_ONE or self.weight >= WEIGHT_OF_ALL


def similar_pairs(
    lab: Lab, records: Iterable[Record], sources: Mapping[str, Mapping[str, str]]
) -> list[Pair]:
    """All pairs worth a look, the heaviest first. `sources` by student and grade_id."""
    by_student = {record.student: record for record in records}
    present = {name: cells for name, cells in sources.items() if name in by_student}
    found: dict[tuple[str, str], list[Alike]] = defaultdict(list)
    known = _known_names(lab)
    judged_by = {
        cell.grade_id: each.grade_ids[0] for each in lab.exercises for cell in each.solutions
    }
    for cell in lab.cells:
        if cell.kind not in ("solution", "written"):
            continue
        given = _given(lab, cell, known)
        works = [
            _work(by_student[name], cell, cells[cell.grade_id], given, known, judged_by)
            for name, cells in sorted(present.items())
            if cell.grade_id in cells and cells[cell.grade_id] != cell.release
        ]
        for first, second, alike in _alike(works, given):
            found[first, second].append(alike)
    pairs = [
        Pair(first, second, tuple(sorted(cells, key=lambda each: -each.weight)))
        for (first, second), cells in found.items()
    ]
    pairs = [pair for pair in pairs if pair.worth_a_look]
    return sorted(pairs, key=lambda each: (-each.weight, each.first, each.second))


def clusters(pairs: Iterable[Pair]) -> list[tuple[str, ...]]:
    """Students who hang together by pairs, the largest such group first."""
    group: dict[str, set[str]] = {}
    for pair in pairs:
        joined = group.get(pair.first, {pair.first}) | group.get(pair.second, {pair.second})
        for student in joined:
            group[student] = joined
    unique = {id(each): tuple(sorted(each)) for each in group.values()}
    return sorted(unique.values(), key=lambda each: (-len(each), each))


def _known_names(lab: Lab) -> frozenset[str]:
    """Names that mean the same to everybody: what the lab's cells define and import."""
    names = {name for cell in lab.cells for name in cell.defines}
    for cell in lab.cells:
        if cell.kind == "given" and cell.cell_type == "code":
            names |= study(cell.release).names | set(_IMPORTED.findall(cell.release))
    return frozenset(names)


def _given(lab: Lab, cell: LabCell, known: frozenset[str]) -> frozenset[Gram]:
    """What everybody has from the lab: for code all its code cells, solved and unsolved."""
    if cell.kind == "written":
        texts = [each.release for each in lab.cells if each.cell_type == "markdown"]
        return frozenset(gram for text in texts for gram in grams(word_tokens(text)))
    code = [each for each in lab.cells if each.cell_type == "code"]
    texts = [text for each in code for text in (each.release, each.solution)]
    return frozenset(gram for text in texts for gram in grams(code_tokens(text, known)))


def _work(
    record: Record,
    cell: LabCell,
    source: str,
    given: frozenset[Gram],
    known: frozenset[str],
    judged_by: Mapping[str, str],
) -> Work:
    written = cell.kind == "written"
    tokens = word_tokens(source) if written else code_tokens(source, known)
    own = frozenset(range(len(tokens))) - covered(tokens, given)
    judged = {each.grade_id: each for each in record.cells}.get(judged_by.get(cell.grade_id, ""))
    return Work(record.student, cell.grade_id, source, tokens, own, _unexplained(judged))


def _unexplained(judged: CellRecord | None) -> tuple[str, ...]:
    """The checks that gave a wrong value, unless a known mistake says why."""
    if judged is None or judged.diagnosis is not None:
        return ()
    return tuple(each.name for each in judged.checks if each.verdict is Outcome.FAILED)


def _alike(works: list[Work], given: frozenset[Gram]) -> Iterator[tuple[str, str, Alike]]:
    """The pairs of one cell's works that are worth a look, by an index of their fingerprints."""
    runs = {work.student: frozenset(grams(work.tokens)) - given for work in works}
    holders: dict[Gram, list[int]] = defaultdict(list)
    for number, work in enumerate(works):
        for gram in runs[work.student]:
            holders[gram].append(number)
    rare = max(RARE_AT_LEAST, int(RARE * len(works)))
    rare_wrong = max(RARE_AT_LEAST, int(RARE_WRONG * len(works)))
    shared: Counter[tuple[int, int]] = Counter()
    for numbers in holders.values():
        if len(numbers) <= rare_wrong:
            popular = len(numbers) > rare
            shared.update(
                pair for pair in combinations(numbers, 2) if not popular or _same(works, pair)
            )
    for (first, second), count in shared.items():
        if count * LENGTH < TOKENS:
            continue
        one, other = works[first], works[second]
        most = rare_wrong if _same(works, (first, second)) else rare
        both = runs[one.student] & runs[other.student]
        common = {gram for gram in both if len(holders[gram]) <= most}
        if alike := _compared(one, other, common):
            yield one.student, other.student, alike


def _same(works: list[Work], pair: tuple[int, int]) -> bool:
    """Whether two are wrong at the same checks, and nothing explains it."""
    first, second = (works[each].wrong for each in pair)
    return bool(first) and first == second


def _compared(one: Work, other: Work, common: set[Gram]) -> Alike | None:
    """What two share, or None where that is too little to be worth a look."""
    sides = [covered(work.tokens, common) for work in (one, other)]
    tokens = min(map(len, sides))
    shorter = min(len(work.own | side) for work, side in zip((one, other), sides, strict=True))
    share = min(1.0, tokens / max(1, shorter))
    both_wrong = bool(one.wrong) and one.wrong == other.wrong
    if tokens < TOKENS or share < SHARE:
        return None
    first, second = (
        tuple(marked(work.source, work.tokens, side))
        for work, side in zip((one, other), sides, strict=True)
    )
    return Alike(one.cell, tokens, share, both_wrong, first, second)
