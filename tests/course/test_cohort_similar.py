"""Pairs worth a look: copies are found past new names, and honest work is left alone.

The 66 right programs of Lab 1 are the measure of honesty: written to be unlike each other, no two
of them may make a pair.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict

import pytest
from lab1 import sample_class
from lab1.right_programs import RIGHT
from made_up import Work, course_of, crowd, record_of

from course.lab import Lab
from course.record import Outcome
from course.reports.cohort.similar import Pair, clusters, similar_pairs
from course.reports.cohort.tokens import LONGEST, marked, word_tokens

PROGRAMS: dict[str, list[str]] = defaultdict(list)
for _function, _program in RIGHT:
    PROGRAMS[_function].append(sample_class._source(_program, _function))

DESCENT = PROGRAMS["gradient_descent"]
ODD = """\
def gradient_descent(x, y, W, b, learning_rate, steps):
    history = []
    slope_memory = [0.0, 0.0]
    for number in range(steps):
        dW, db = gradient(x, y, W, b)
        slope_memory = [0.5 * slope_memory[0] + dW, 0.5 * slope_memory[1] + db]
        W = W - learning_rate * slope_memory[0]
        b = b - learning_rate * slope_memory[1]
        history.append(cost(x, y, W, b))
    return W, b, history
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    settings = course_of(tmp_path_factory.mktemp("similar"))
    return Lab.load(settings, "lab1")


def pairs_of(lab: Lab, works: list[Work]) -> list[Pair]:
    records = [record_of(lab, work) for work in works]
    return similar_pairs(lab, records, {work.student: work.typed for work in works})


def names(pairs: list[Pair]) -> list[tuple[str, str]]:
    return [(pair.first, pair.second) for pair in pairs]


def renamed(program: str) -> str:
    """As somebody hands it in who hopes that nobody looks closely."""
    for old, new in {"history": "log", "theta": "p", "residual": "err", "m": "count"}.items():
        program = re.sub(rf"\b{old}\b", new, program)
    head, *body = program.splitlines()
    return "\n".join([head, '    """My own work."""', "", *(f"{line}  # mine" for line in body)])


def everybody() -> list[Work]:
    """A class in which each right program was handed in by one student."""
    rows = max(map(len, PROGRAMS.values()))
    return [
        Work(
            f"s{row:02}",
            {name: texts[row] for name, texts in PROGRAMS.items() if row < len(texts)},
        )
        for row in range(rows)
    ]


def test_no_two_right_programs_make_a_pair(lab: Lab) -> None:
    assert sum(map(len, PROGRAMS.values())) == 66
    assert pairs_of(lab, everybody()) == []


@pytest.mark.parametrize("number", range(len(DESCENT)))
def test_a_copy_of_a_descent_is_found_past_new_names(lab: Lab, number: int) -> None:
    copied = {"gradient_descent": renamed(DESCENT[number])}
    (pair,) = pairs_of(lab, [*everybody(), Work("zz", copied)])
    assert (pair.first, pair.second) == (f"s{number:02}", "zz")
    assert [alike.cell for alike in pair.cells] == ["gradient_descent"]
    assert pair.cells[0].share > 0.9


def test_no_pair_makes_a_page_of_megabytes() -> None:
    """Twelve friends made one of 186 megabytes: an answer may be of eight."""
    shared = " ".join(f"w{number}" for number in range(40))
    source = f"{shared} {'x' * 2_000_000}"
    pieces = marked(source, word_tokens(source), frozenset(range(40)))
    assert pieces[0] == (shared, True)
    assert pieces[-1] == (f"\n… and {len(source) - LONGEST:,} more characters", False)
    assert sum(len(text) for text, _ in pieces) < LONGEST + 100


def test_what_is_shared_is_marked_and_nothing_is_lost(lab: Lab) -> None:
    work = [Work("a", {"gradient_descent": ODD}), Work("b", {"gradient_descent": renamed(ODD)})]
    (pair,) = pairs_of(lab, [*work, *everybody()])
    (alike,) = pair.cells
    assert "".join(text for text, _ in alike.first) == ODD
    shown = "".join(text for text, shared in alike.first if shared)
    assert "slope_memory[0] + dW" in shown
    assert "def gradient_descent" not in shown, "the lab gave that to everybody"


def test_the_plain_solution_and_the_stub_make_no_pair(lab: Lab) -> None:
    solved = {cell.grade_id: cell.solution for cell in lab.cells if cell.kind == "solution"}
    stubs = {cell.grade_id: cell.release for cell in lab.cells if cell.kind == "solution"}
    works = [Work("a", solved), Work("b", solved), Work("c", stubs), Work("d", stubs)]
    assert pairs_of(lab, works) == []


def test_what_many_wrote_makes_no_pair(lab: Lab) -> None:
    many = [Work(f"m{k}", {"gradient_descent": ODD}) for k in range(4)]
    assert names(pairs_of(lab, many[:2])) == [("m0", "m1")]
    assert pairs_of(lab, many) == []


def test_the_same_unexplained_wrong_answer_weighs_double(lab: Lab) -> None:
    """Half as much is enough, from up to a twentieth of the class, unless a mistake has a name."""
    short = {"cost": "def cost(x, y, W, b):\n    return abs(x - y * W + b / 3.0).max() + 17 * W\n"}
    wrong = {"test_mean_of_squared_residuals": Outcome.FAILED}
    named = {"test_cost": "sum_of_squares"}
    assert pairs_of(lab, [Work("a", short), Work("b", short)]) == []
    both = [Work("a", short, wrong), Work("b", short, wrong)]
    (pair,) = pairs_of(lab, both)
    assert pair.cells[0].both_wrong
    assert pairs_of(lab, [both[0], Work("b", short, wrong, named)]) == []
    ring = [Work(f"r{k}", short, wrong) for k in range(5)]
    others = [Work(f"o{k:02}", {"cost": f"def cost(a):\n    return {k}\n"}) for k in range(100)]
    found = pairs_of(lab, [*ring, *others])
    assert clusters(found) == [tuple(work.student for work in ring)]
    assert pairs_of(lab, [*ring, *others[:10]]) == [], "a third of a class is not rare"


def test_a_written_answer_that_was_copied_is_found(lab: Lab) -> None:
    text = (
        "My gradient pointed the wrong way because I wrote y minus the prediction, and besides the "
        "rate was far above what the largest eigenvalue allows, so W hopped left and right. I "
        "halved it seven times: then the first cause would still climb and the second falls."
    )
    own = {"answer_cost_rises": "The rate is too large, or the sign of the slope is wrong. " * 3}
    found = pairs_of(
        lab,
        [
            Work("a", {"answer_cost_rises": text}),
            Work("b", {"answer_cost_rises": text.replace("My", "The").upper()}),
            Work("c", own),
        ],
    )
    assert names(found) == [("a", "b")]


@pytest.mark.parametrize("broken", ["def f(:\n  'never ends", "\x00\ufffe", "((((" * 500, ""])
def test_what_is_no_python_is_compared_all_the_same(lab: Lab, broken: str) -> None:
    works = [Work(name, {"gradient_descent": ODD + broken}) for name in "ab"]
    assert names(pairs_of(lab, works)) == [("a", "b")]


def test_order_does_not_matter(lab: Lab) -> None:
    works = [*everybody(), Work("zz", {"gradient_descent": renamed(DESCENT[0])})]
    assert pairs_of(lab, works) == pairs_of(lab, works[::-1])


@pytest.mark.slow
def test_five_hundred_students_take_seconds(lab: Lab) -> None:
    works = crowd(lab, 500, PROGRAMS)
    start = time.process_time()
    pairs_of(lab, works)
    assert time.process_time() - start < 20
