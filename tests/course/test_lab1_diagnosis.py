"""What Lab 1 says of a wrong program: its own message or none, short, and never a solution."""

import inspect
import json
import re

import pytest
from lab1 import misconceptions
from lab1.right_programs import RIGHT
from lab1_programs import FOLDER, FUNCTIONS, LIBRARY, ROOT, fresh, name_of, notebook

from course.judge.checks import Checks
from course.judge.diagnosis import Misconception, agree, diagnose, observe
from course.judge.proxy import InProcess
from course.record import Outcome

SOLUTION = re.compile(r"### BEGIN SOLUTION(\n.*?)### END SOLUTION", re.DOTALL)


@pytest.fixture(scope="module")
def checks() -> Checks:
    return Checks(FOLDER, "a secret")


def solution_lines() -> set[str]:
    """What no message may hold: lines of the right functions, ours and the source notebook's."""
    text = "\n".join(inspect.getsource(each) for each in misconceptions.REFERENCE.values())
    notebook = ROOT / "source" / "lab1" / "lab1.ipynb"
    if notebook.is_file():
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            text += "\n".join(
                re.findall(
                    r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", "".join(cell["source"]), re.S
                )
            )
    lines = {re.sub(r"\s+", "", line) for line in text.splitlines() if '"""' not in line}
    return {line for line in lines if len(line) > 8 and not line.startswith(("#", "def"))}


@pytest.mark.parametrize("each", LIBRARY.misconceptions, ids=name_of)
def test_a_message_is_short_and_gives_no_solution(each: Misconception) -> None:
    assert 8 <= len(each.message.split()) <= 80
    assert each.message.endswith((".", "?"))
    squeezed = re.sub(r"\s+", "", each.message)
    assert [line for line in solution_lines() if line in squeezed] == []


def test_messages_are_pairwise_different() -> None:
    messages = [each.message for each in LIBRARY.misconceptions if "None" not in each.message]
    by_function = [(e.function, e.message) for e in LIBRARY.misconceptions]
    assert len(by_function) == len(set(by_function))
    assert len(set(messages)) >= 0.9 * len(messages)


@pytest.mark.parametrize("each", FUNCTIONS, ids=name_of)
def test_a_misconception_is_diagnosed_as_itself(each: Misconception) -> None:
    found = diagnose(InProcess({each.function: fresh(each)}), each.function, LIBRARY)
    assert found is not None
    assert found.name == each.name


@pytest.mark.parametrize("each", FUNCTIONS, ids=name_of)
def test_a_misconception_is_named_after_its_checks_have_called_it(
    checks: Checks, each: Misconception
) -> None:
    """As in grading: what a program keeps between calls is full by then."""
    callee = InProcess(notebook(each.source()))
    cell = "test_learning_rate" if each.function.endswith("_rate") else f"test_{each.function}"
    checks.judge(cell, callee)
    found = checks.diagnose(cell, callee)
    assert found is not None
    assert found.name == each.name


@pytest.mark.parametrize(("function", "program"), RIGHT, ids=name_of)
def test_a_right_program_is_diagnosed_as_nothing(function: str, program: object) -> None:
    assert diagnose(InProcess({function: program}), function, LIBRARY) is None


def test_an_unknown_mistake_is_diagnosed_as_nothing() -> None:
    def strange(x, y, W, b):
        return 3.25

    assert diagnose(InProcess({"cost": strange}), "cost", LIBRARY) is None


@pytest.mark.parametrize("each", FUNCTIONS, ids=name_of)
def test_a_misconception_is_the_same_when_a_student_types_it(each: Misconception) -> None:
    """Its source needs nothing but what stands in the notebook."""
    probes = misconceptions.PROBES[each.function]
    ours = observe(InProcess({each.function: fresh(each)}), each.function, probes)
    assert agree(observe(InProcess(notebook(each.source())), each.function, probes), ours)


@pytest.mark.parametrize("each", FUNCTIONS, ids=name_of)
def test_inside_a_whole_notebook_the_diagnosis_is_its_own_or_none(
    checks: Checks, each: Misconception
) -> None:
    """Also in the cell of a later exercise, where a wrong function shows for the second time."""
    callee = InProcess(notebook(each.source()))
    for cell in checks.by_cell:
        if any(v.outcome is not Outcome.PASSED for v in checks.judge(cell, callee)):
            found = checks.diagnose(cell, callee)
            assert found is None or found.name == each.name
