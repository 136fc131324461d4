"""A class of made-up students for Lab 1: what each typed, how the file looks, what it must earn.

Right programs and mistakes are those of this folder, under the notebook's names. The marks were
worked out from the checks' sentences, one by one, before any of this was graded; whoever is wrong
in one function only keeps all points for the others.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import misconceptions
from .misconceptions import REFERENCE
from .right_programs import RIGHT

FULL = {
    "test_hypothesis": 8,
    "test_cost": 14,
    "test_gradient": 18,
    "test_update": 8,
    "test_gradient_descent": 24,
    "test_learning_rate": 12,
}
RATES = """\
slow_rate = 0.001
good_rate = 0.03
divergent_rate = 0.035
"""
NEVER_ENDS = """
W, b = 0, 0
while b < 1:
    W, b, _ = gradient_descent(x, y, W, b, 0.01, 1)
"""
RISES = """\
The learning rate is above the critical one, so every step jumps across the valley and lands higher.
Or the sign is wrong and every step goes uphill. With a rate a hundred times smaller the first cost
falls and the second still rises.
"""
ORDER = """\
Both stop only where dW = 0 and db = 0, and the bowl has one such place. The path is another one.
"""


@dataclass(frozen=True)
class Sample:
    """One made-up student. `cells` holds what was typed, by grade_id; the rest is as released.

    `marks` are the points that the checks must give, by grade cell.
    """

    student: str
    story: str
    cells: Mapping[str, str]
    marks: Mapping[str, float]
    shape: str = "drive"
    extra: tuple[str, ...] = field(default=())

    @property
    def points(self) -> float:
        """What the checks must give in all."""
        return float(sum(self.marks.values()))


def _source(program: Callable[..., Any], name: str) -> str:
    """A program as a student would have typed it, under the notebook's name for it."""
    lines = inspect.getsource(program).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("def "))
    text = "\n".join(lines[start:]) + "\n"
    return text.replace(f"def {program.__name__}(", f"def {name}(", 1)


SOLVED = {name: _source(program, name) for name, program in REFERENCE.items()}
SOLVED["learning_rate"] = RATES


def solved(**typed: str) -> dict[str, str]:
    """A notebook in which everything is right but for what is given here."""
    return {**SOLVED, **typed}


def right(*names: str) -> dict[str, str]:
    """A notebook with these right programs, and plain solutions for what they leave open."""
    chosen = {function: program for function, program in RIGHT if program.__name__ in names}
    return solved(**{function: _source(program, function) for function, program in chosen.items()})


def renamed(cells: Mapping[str, str]) -> dict[str, str]:
    """The same programs with some other names, and a comment on top."""
    return {
        name: "# written by myself\n" + text.replace("history", "log").replace("Descent", "Walker")
        for name, text in cells.items()
    }


def wrong(*names: str) -> dict[str, str]:
    """A notebook with these misconceptions, right everywhere else."""
    programs = [getattr(misconceptions, name).misconception for name in names]
    return solved(**{each.function: each.source() for each in programs})


def marks(**lost: float) -> dict[str, float]:
    """Full marks but for what is lost, by function."""
    return {cell: most - lost.pop(cell.removeprefix("test_"), 0) for cell, most in FULL.items()}


NOTHING = dict.fromkeys(FULL, 0.0)
ANSWERED = {"answer_cost_rises": RISES, "answer_update_order": ORDER}

SAMPLES = (
    # right
    Sample("ada", "everything right, both answers written", {**SOLVED, **ANSWERED}, marks()),
    Sample("bao", "everything right, saved to GitHub", {**SOLVED, **ANSWERED}, marks(), "github"),
    Sample(
        "carla",
        "everything right, one answer written, handed in as a copy",
        {**SOLVED, "answer_cost_rises": RISES},
        marks(),
        "copy-of",
    ),
    # right, but unusual
    Sample(
        "dmitri",
        "right, with Python loops and totals",
        right("a_list_comes_back", "loop_over_indices", "loop_with_two_totals", "while_loop"),
        marks(),
    ),
    Sample(
        "elif",
        "right, with design matrices and arrays as pairs",
        right("design_matrix", "array_as_a_pair", "as_arrays", "design_matrix_throughout")
        | ANSWERED,
        marks(),
    ),
    Sample(
        "farah",
        "right, with a class, a numerical gradient and names of her own",
        right("line_class", "central_differences", "step_first", "optimiser_class"),
        marks(),
        "plain",
    ),
    Sample(
        "goran",
        "right, and calls a number `cost` after its exercise",
        right("polyval", "dot_product", "list_as_a_pair", "all_written_out")
        | {"gradient": SOLVED["gradient"] + "\ncost = cost(x, y, 1, 0)\nprint(cost)\n"},
        marks(),
    ),
    Sample(
        "gwen",
        "right, and the same as farah's but for names and comments",
        renamed(right("line_class", "central_differences", "step_first", "optimiser_class")),
        marks(),
    ),
    # one mistake each
    Sample(
        "hana",
        "forgot the factor 2 in the gradient",
        wrong("factor_2_missing") | ANSWERED,
        marks(gradient=4 + 3 + 1),
    ),
    Sample(
        "ivan",
        "gradient with the wrong sign",
        wrong("points_downhill"),
        marks(gradient=4 + 4 + 3 + 1),
        "github",
    ),
    Sample(
        "jade",
        "sum of squares where the mean is asked for",
        wrong("sum_of_squares") | ANSWERED,
        marks(cost=5 + 2),
    ),
    Sample(
        "kofi",
        "the lecture's ½ in cost and gradient",
        wrong("half_the_mean_square", "factor_2_missing"),
        marks(cost=5, gradient=4 + 3),
    ),
    Sample(
        "lena",
        "product of means in dW",
        wrong("product_of_means") | ANSWERED,
        marks(gradient=4 + 1),
    ),
    Sample(
        "mika",
        "update ignores the learning rate",
        wrong("rate_ignored"),
        marks(update=3 + 2),
    ),
    Sample(
        "nora",
        "updates W before the slope of b is taken",
        wrong("W_moves_first") | ANSWERED,
        marks(gradient_descent=3 + 3 + 3 + 2),
    ),
    Sample(
        "omar",
        "descent always starts at (0, 0)",
        wrong("start_at_zero"),
        marks(gradient_descent=3 + 3 + 3 + 2 + 2 + 1 + 2),
    ),
    Sample(
        "pia",
        "notes the cost before the update",
        wrong("cost_noted_before_the_update"),
        marks(gradient_descent=3 + 2 + 2),
        "copy-of",
    ),
    Sample(
        "quentin",
        "stops when the cost rises",
        wrong("stops_when_the_cost_rises") | ANSWERED,
        marks(gradient_descent=2 + 1),
    ),
    Sample(
        "rosa",
        "a column meets a row in the cost",
        wrong("column_against_row"),
        marks(cost=5 + 1 + 2 + 2),
    ),
    Sample(
        "sven",
        "history in a default argument",
        wrong("history_shared_between_calls"),
        marks(gradient_descent=3 + 2 + 2 + 1 + 1 + 1 + 1 + 2 + 2 + 1),
    ),
    Sample(
        "tala",
        "descends on the notebook's data, not on the arguments",
        wrong("descent_on_the_notebooks_data"),
        marks(gradient_descent=3 + 3 + 3 + 2 + 2 + 1 + 1 + 2 + 2 + 1),
        "github",
    ),
    Sample(
        "umut",
        "prints the cost and returns nothing",
        wrong("cost_printed"),
        marks(cost=14),
    ),
    Sample(
        "vera",
        "rates from habit, and half the critical rate",
        wrong("one_over_lambda")
        | {"learning_rate": "slow_rate = 0.01\ngood_rate = 0.1\ndivergent_rate = 1\n"},
        marks(learning_rate=2 + 2 + 3 + 2),
    ),
    # unfinished
    Sample("walid", "opened the notebook and handed it in", {}, NOTHING),
    Sample(
        "xenia",
        "half finished: three functions and one answer",
        {name: SOLVED[name] for name in ("hypothesis", "cost", "gradient")}
        | {"answer_update_order": ORDER},
        marks(update=8, gradient_descent=24, learning_rate=12),
    ),
    Sample(
        "yara",
        "a bracket is missing in the gradient",
        solved(gradient=SOLVED["gradient"].replace("np.mean(residual)", "np.mean(residual")),
        marks(gradient=18),
    ),
    # harm
    Sample(
        "zeno",
        "tries a right descent in a loop that never ends",
        solved(gradient_descent=SOLVED["gradient_descent"] + NEVER_ENDS),
        marks(),
    ),
    Sample(
        "anouk",
        "leaves with sys.exit below a right update",
        solved(update=SOLVED["update"] + "\nimport sys\n\nsys.exit()\n") | ANSWERED,
        marks(),
    ),
    Sample(
        "boris",
        "ends the process below a right update",
        solved(update=SOLVED["update"] + "\nimport os\n\nos._exit(0)\n"),
        marks(update=8, gradient_descent=24, learning_rate=12),
    ),
    # files
    Sample("chloe", "right, but every label is gone", {**SOLVED}, marks(), "no-metadata"),
    Sample("diego", "the upload was cut off", {**SOLVED}, NOTHING, "truncated"),
    Sample("emre", "an empty file", {**SOLVED}, NOTHING, "empty"),
    Sample(
        "fatima",
        "right, with cells that only Colab can run",
        {**SOLVED, **ANSWERED},
        marks(),
        extra=(
            "!pip install -q numpy",
            "from google.colab import drive\n\ndrive.mount('/content/drive')",
            "%cd /content/drive/MyDrive\n!ls",
        ),
    ),
)
