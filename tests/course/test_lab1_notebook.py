"""Lab 1's source notebook: its cells and points, what its release hides, and what students read.

The release is made anew from the source. Its cells run here, quickly and in this process;
`test_lab1_release_runs.py` runs them as Colab would.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
from collections.abc import Iterator

import lab1_notebook as lab1
import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from nbformat import NotebookNode

POINTS = {
    "test_hypothesis": 8,
    "test_cost": 14,
    "test_gradient": 18,
    "test_update": 8,
    "test_gradient_descent": 24,
    "test_learning_rate": 12,
    "answer_cost_rises": 8,
    "answer_update_order": 8,
}
HIDDEN = """
### BEGIN HIDDEN TESTS
try:
    from course.preview import preview
except ImportError:
    raise RuntimeError(
        "Not graded: only the course's judge awards these points. Run `course autograde`."
    ) from None
preview("lab1", "{grade_id}")
### END HIDDEN TESTS"""


@pytest.fixture(scope="module")
def source() -> NotebookNode:
    return lab1.read_source()


@pytest.fixture(scope="module")
def release() -> NotebookNode:
    return lab1.make_release()


@pytest.fixture(autouse=True)
def calm_pyplot() -> Iterator[None]:
    """Figures stay in memory, and the style that the notebook sets stays in its test."""
    with mpl.rc_context():
        plt.switch_backend("agg")
        yield
    plt.close("all")


def cells(notebook: NotebookNode, kind: str) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if lab1.kind(cell) == kind]


def run(notebook: NotebookNode, draw: bool = True) -> tuple[str, list[int]]:
    """Execute the code cells; what they print, and how many axes each picture has."""
    namespace: dict[str, object] = {}
    printed, pictures = io.StringIO(), []
    with contextlib.redirect_stdout(printed), pytest.MonkeyPatch.context() as patch:
        patch.setattr(plt, "show", lambda: pictures.append(len(plt.gcf().axes)))
        for cell in notebook.cells:
            if cell.cell_type == "code" and (draw or "plt.show()" not in cell.source):
                exec(compile(cell.source, cell.id, "exec"), namespace)
                plt.close("all")
    return printed.getvalue(), pictures


# What it is made of


def test_written_for_git(source):
    text = lab1.SOURCE.read_text(encoding="utf-8")
    plain = json.loads(text)
    assert text == json.dumps(plain, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    assert (source.nbformat, source.nbformat_minor) == (4, 5)
    assert source.metadata.kernelspec == {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    assert all(isinstance(cell["source"], list) for cell in plain["cells"])
    code = [cell for cell in source.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_cells_have_names_that_can_be_read(source):
    ids = [cell.id for cell in source.cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(?:[_-][a-z]+)*", cell_id) for cell_id in ids)
    assert all(lab1.grade_id(cell) in ("", cell.id) for cell in source.cells)


def test_badge_comes_first_and_waits_for_its_address(source):
    first = source.cells[0]
    assert first.cell_type == "markdown"
    assert re.fullmatch(r"\[!\[Open In Colab\]\(https://\S+\.svg\)\]\(COLAB_URL\)", first.source)


def test_points(source):
    graded = cells(source, "grade") + cells(source, "written")
    assert {lab1.grade_id(cell): cell.metadata.nbgrader.points for cell in graded} == POINTS
    assert sum(cell.metadata.nbgrader.points for cell in cells(source, "grade")) == 84
    assert sum(cell.metadata.nbgrader.points for cell in cells(source, "written")) == 16


def test_order_of_solutions_and_grade_cells(source):
    both = [lab1.grade_id(c) for c in source.cells if lab1.kind(c) in ("solution", "grade")]
    assert both == [
        *("hypothesis", "test_hypothesis", "cost", "test_cost", "gradient", "test_gradient"),
        *("update", "test_update", "gradient_descent", "test_gradient_descent"),
        *("learning_rate", "critical_rate", "test_learning_rate"),
    ]


def test_metadata_of_nbgrader(source):
    for cell in source.cells:
        what = lab1.kind(cell)
        if what == "text":
            assert cell.cell_type == "markdown"
            continue
        marks = cell.metadata.nbgrader
        assert marks.schema_version == 3
        assert marks.task is False
        assert marks.locked is (what in ("given", "grade"))
        assert ("points" in marks) is (what in ("grade", "written"))
        assert cell.cell_type == ("markdown" if what == "written" else "code")


def test_hidden_region_of_every_grade_cell(source):
    for cell in cells(source, "grade"):
        assert cell.source.endswith(HIDDEN.replace("{grade_id}", lab1.grade_id(cell)))
        assert cell.source.count("HIDDEN TESTS") == 2


def test_stubs_end_with_the_name_of_what_is_missing(source):
    for cell in cells(source, "solution"):
        name = lab1.grade_id(cell)
        last = cell.source.splitlines()[-1].strip()
        if name == "learning_rate":
            assert last == "### END SOLUTION"
        else:
            assert last == f'raise NotImplementedError("{name} returns nothing yet")'


# What the release hides


def test_lines_of_a_stub_occur_in_its_solution(source, release):
    solved = {lab1.grade_id(cell): cell.source.splitlines() for cell in source.cells}
    for cell in cells(release, "solution"):
        lines = cell.source.splitlines()
        assert sum("YOUR CODE HERE" in line for line in lines) == 1
        stub = [line for line in lines if line.strip() != "# YOUR CODE HERE"]
        assert set(stub) <= set(solved[lab1.grade_id(cell)])


def test_no_line_of_a_solution_is_in_the_release(source, release):
    regions = [lab1.SOLUTION.findall(cell.source) for cell in cells(source, "solution")]
    assert [len(found) for found in regions] == [1] * 7
    lines = {line.strip() for (region,) in regions for line in region.splitlines()} - {""}
    text = "\n".join(cell.source for cell in release.cells)
    assert len(lines) > 15
    assert [line for line in lines if line in text] == []


def test_badge_of_the_release_has_its_address(release):
    assert "COLAB_URL" not in release.cells[0].source
    assert "](https://" in release.cells[0].source


def test_no_hidden_region_answer_or_rubric_is_in_the_release(release):
    text = "\n".join(cell.source for cell in release.cells)
    for word in ("HIDDEN", "SOLUTION", "preview", "Rubric", "Model answer"):
        assert word not in text
    assert [cell.source for cell in cells(release, "written")] == ["YOUR ANSWER HERE"] * 2


def test_model_answers_come_with_a_rubric_of_their_points(source):
    for cell in cells(source, "written"):
        assert cell.source.startswith("**Model answer.**")
        assert f"**Rubric for TAs ({cell.metadata.nbgrader.points} points).**" in cell.source


def test_release_needs_numpy_and_matplotlib_alone(release):
    code = "\n".join(cell.source for cell in release.cells if cell.cell_type == "code")
    imported = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            imported |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module).partition(".")[0])
    assert imported == {"contextlib", "matplotlib", "numpy"}


# What students read


def test_each_exercise_has_three_hints_one_inside_the_other(source):
    texts = [cell.source for cell in cells(source, "text") if "### Exercise" in cell.source]
    assert len(texts) == 7
    for number, text in enumerate(texts, 1):
        assert f"### Exercise {number} · " in text
        assert re.findall(r"<summary>Hint (\d)", text) == ["1", "2", "3"]
        tags = re.findall(r"</?details>", text)
        assert tags == ["<details>"] * 3 + ["</details>"] * 3


def test_each_grade_cell_shows_checks_and_says_that_others_follow(release):
    for cell in cells(release, "grade"):
        assert "hidden checks run on other data" in cell.source.splitlines()[0]
        assert "with exercise(" in cell.source


def test_every_picture_is_titled_for_colab(source):
    for cell in cells(source, "given"):
        if "plt.show()" in cell.source:
            assert cell.source.startswith("# @title Picture: ")
            assert cell.metadata.cellView == "form"


def test_empty_stubs_give_one_line_each(release):
    printed, pictures = run(release)
    lines = printed.splitlines()
    not_written = [line for line in lines if "not written yet" in line]
    assert [line.split(":")[0] for line in not_written] == [
        "○ Exercise 1 · hypothesis",
        "○ Exercise 2 · cost",
        "○ Exercise 3 · gradient",
        "○ Exercise 4 · update",
        "○ Exercise 5 · gradient_descent",
        "○ Exercise 6 · learning rates",
        "○ Exercise 7 · critical_rate",
    ]
    assert all(" waits for exercise " in line for line in lines if line not in not_written)
    assert pictures == [1]  # the data alone


def test_solutions_pass_every_visible_check_and_draw_every_picture(source, release):
    printed, pictures = run(lab1.typed_in(release, lab1.solutions(source)))
    assert re.findall(r"^✓ Exercise (\d)", printed, re.MULTILINE) == list("1234567")
    assert "waits for" not in printed
    assert printed.count("happy") == 6
    assert pictures == [1, 4, 2, 1, 2, 6, 2, 1]


def test_an_exercise_that_leans_on_an_unfinished_one_is_not_blamed(source, release):
    answers = lab1.solutions(source)
    del answers["hypothesis"]
    printed, _ = run(lab1.typed_in(release, answers))
    assert "○ Exercise 1 · hypothesis: not written yet" in printed
    assert "○ Exercise 2 · cost: waits for exercise 1 · hypothesis." in printed
    assert "This picture waits for exercise 1 · hypothesis." in printed
    assert "✓ Exercise 4 · update: all visible checks pass." in printed
    assert "✓ Exercise 7 · critical_rate" in printed


def test_one_rate_missing(source, release):
    answers = lab1.solutions(source)
    answers["learning_rate"] = answers["learning_rate"].replace("good_rate = 0.03", "")
    printed, _ = run(lab1.typed_in(release, answers))
    assert "○ Exercise 6 · learning rates: not written yet (good_rate is still None)." in printed
    assert "This picture waits for exercise 6 · good_rate." in printed


FOUR = "([1, 2, 3, 4], [2, 6, 6, 14], 2, 1"
WRONG = [  # exercise, what is changed in its solution, and what the student then reads
    ("hypothesis", "W * x + b", "W * x", "hypothesis(4, 2, 1) should give 9, but yours gives 8."),
    ("hypothesis", "return W", "return None and W", "yours gives None (is there a `return`?)."),
    ("cost", ".mean()", ".sum()", f"cost{FOUR}) should give 7, but yours gives 28."),
    ("cost", ".mean()", "", f"cost{FOUR}) should give 7, but yours gives [1, 1, 1, 25]."),
    ("gradient", "2 * ", "", f"gradient{FOUR}) should give (-9, -2), but yours gives (-4.5, -1)."),
    ("gradient", "(residual * x)", "np.outer(residual, x)", "but yours gives (-5, -2)."),
    ("gradient", "dW, db", "np.outer(x, x)", "but yours gives an array of shape (4, 4)."),
    ("gradient", "dW, db", "dW", "should give (-9, -2), but yours gives -9."),
    ("update", "- l", "+ l", "2, -4, 0.5) should give (4, 5), but yours gives (6, 1)."),
    ("gradient_descent", "    return", 12 * " " + "return", "yours gives (2.9, 1.2, [5.515])."),
    ("gradient_descent", "[]", "[0]", "but yours gives (2.9, 1.2, [0, 5.515])."),
    ("learning_rate", "0.0001", "0.02", "1000 steps with slow_rate = 0.02 should end between"),
    ("learning_rate", "0.03", "0.001", "1000 steps with good_rate = 0.001 should end at most"),
    ("learning_rate", "0.05", "0.034", "with divergent_rate = 0.034 should end above 422, ten"),
    ("critical_rate", "2 / np", "1 / np", "should give 0.333333, but yours gives 0.166667."),
]


@pytest.mark.parametrize(("name", "right", "wrong", "words"), WRONG)
def test_wrong_answer_beside_what_was_expected(source, release, name, right, wrong, words):
    answers = lab1.solutions(source)
    assert right in answers[name]
    answers[name] = answers[name].replace(right, wrong)
    with pytest.raises(AssertionError) as caught:
        run(lab1.typed_in(release, answers), draw=False)
    assert words in str(caught.value)


def test_other_forms_of_a_right_answer_pass(source, release):
    answers = lab1.solutions(source)
    answers["gradient"] = answers["gradient"].replace("dW, db", "np.array([dW, db])")
    answers["update"] = answers["update"].replace("return W", "return [W").replace("* db", "* db]")
    answers["cost"] = answers["cost"].replace("return ", "return np.asarray(").replace("()", "())")
    answers["learning_rate"] = answers["learning_rate"].replace("0.05", "10")  # ends in nan
    printed, pictures = run(lab1.typed_in(release, answers))
    assert printed.count("✓") == 7
    assert len(pictures) == 8
