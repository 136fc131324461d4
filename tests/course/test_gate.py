"""The gate is green for a good lab and has teeth: what is taken from the checks, it misses."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import worked_lab

from course.config import load_settings
from course.errors import ConfigurationError
from course.gate.findings import findings
from course.gate.programs import Kind, fresh
from course.gate.tried import NEVER_ENDS, Plan, Tried
from course.release import release

LAB = worked_lab.LAB
Edit = Callable[[str], str]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return worked_lab.write_lab(tmp_path_factory.mktemp("worked") / "course").root


@pytest.fixture
def course(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "course"))


def change(course: Path, name: str, old: str, new: str) -> None:
    path = course / "tests" / LAB / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def add(course: Path, name: str, text: str) -> None:
    path = course / "tests" / LAB / name
    path.write_text(path.read_text(encoding="utf-8") + "\n\n" + text, encoding="utf-8")


def attempt(course: Path, seeds: int = 0, processes: int = 0) -> Tried:
    return Plan(load_settings(course), LAB, seeds, processes).run()


def sentences(course: Path, seeds: int = 0) -> list[str]:
    return [each.sentence for each in findings(attempt(course, seeds))]


def test_the_worked_lab_is_green(course: Path) -> None:
    assert sentences(course, seeds=3) == []


def test_workers_find_what_this_process_finds(course: Path) -> None:
    here, there = attempt(course), attempt(course, processes=2)
    assert here.results == there.results


# What is taken away


def test_a_deleted_check_is_missed(course: Path) -> None:
    text = (course / "tests" / LAB / "test_standardise.py").read_text(encoding="utf-8")
    check = text[text.index("@pytest.mark.points(1)") :]
    change(course, "test_standardise.py", check, "")
    change(course, "test_standardise.py", "points(3)", "points(4)")
    found = sentences(course)
    assert found[0] == (
        "The misconception in_place (standardise) gets through, past the checks of "
        "test_standardise."
    )
    assert found[1] == (
        "The misconception in_place names test_standardise::test_values_untouched, which is no "
        "check."
    )
    assert len(found) == 2


def test_a_deleted_check_shows_the_program_that_gets_through(course: Path) -> None:
    change(course, "test_standardise.py", "is_same(after, values)", "True")
    first, *_ = findings(attempt(course))
    assert "in_place" in first.sentence
    assert first.source.startswith("def standardise(values):\n    values -= ")


def test_a_weakened_tolerance_is_missed(course: Path) -> None:
    change(course, "test_mean.py", "should_be(values.mean())", "should_be(values.mean(), rel=0.5)")
    found = sentences(course)
    assert any("mutant mean · operator" in each and "gets through" in each for each in found)
    assert any("misconception whole_division (mean) gets through" in each for each in found)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("test_mean.py", "    submission.mean(values).should_be(values.mean())\n"),
        ("test_mean.py", "    submission.mean(np.tile(values, 2)).should_be(once)\n"),
        (
            "test_standardise.py",
            "    require(abs(centre) <= 1e-9, sentence, call=result.call, got=result.raw)\n",
        ),
    ],
)
def test_an_emptied_check_is_missed(course: Path, name: str, line: str) -> None:
    change(course, name, line, "    pass\n")
    assert sentences(course) != []


def test_an_emptied_check_is_called_by_its_name(course: Path) -> None:
    change(course, "test_mean.py", "    submission.mean(np.tile(values, 2)).should_be(once)\n", "")
    change(course, "test_mean.py", ".number()", "")
    for program in ("not_divided", "always_three"):
        text = (course / "tests" / LAB / "misconceptions.py").read_text(encoding="utf-8")
        assert program in text
    found = sentences(course)
    assert "The check test_mean::test_numbers_twice rejects no misconception." in found
    assert any(
        "not_divided (mean) is not rejected by test_mean::test_numbers_twice, which it names"
        in each
        for each in found
    )


def test_a_check_that_adds_nothing_must_say_why_it_stands(course: Path) -> None:
    mark = '@pytest.mark.explanatory("tells a forgotten division from a wrong one")\n'
    change(course, "test_mean.py", mark, "")
    (found,) = sentences(course)
    assert found.startswith("The check test_mean::test_numbers_twice rejects nothing that other")


@pytest.mark.parametrize("mark", ["explanatory", "explanatory()", 'explanatory(" ")'])
def test_an_explanation_is_a_sentence(course: Path, mark: str) -> None:
    change(
        course, "test_mean.py", 'explanatory("tells a forgotten division from a wrong one")', mark
    )
    with pytest.raises(ConfigurationError, match="does not say what it explains"):
        attempt(course)


# What must not be rejected, or be called by a wrong name


def test_a_right_program_that_is_rejected_is_shown(course: Path) -> None:
    change(
        course, "test_mean.py", "should_be(values.mean())", "should_be(values.mean(), rel=1e-17)"
    )
    add(
        course,
        "right_programs.py",
        "def shifted(values):\n    return np.mean(values - 1e5) + 1e5\n\n\n"
        'RIGHT.append(("mean", shifted))\n',
    )
    first, *_ = findings(attempt(course))
    assert first.sentence.startswith(
        "The right program shifted (mean) is right, but rejected by test_mean::test_value"
    )
    assert first.source.startswith("def shifted(values):")


def test_a_solution_that_loses_points_is_named(course: Path) -> None:
    change(course, "test_mean.py", "should_be(values.mean())", "should_be(values.mean() + 1)")
    assert sentences(course)[0] == (
        "The notebook's own solution is right, but rejected by test_mean::test_value."
    )


def test_a_mistake_that_is_taken_for_another_is_named(course: Path) -> None:
    change(course, "test_mean.py", "should_be(values.mean())", "number()")
    change(course, "test_standardise.py", '("mean", "standardise")', '("standardise",)')
    add(
        course,
        "misconceptions.py",
        '@misconception("standardise", "Your median!", ["test_standardise::test_value"])\n'
        "def around_the_median(values):\n"
        "    return (values - np.median(values)) / np.std(values)\n",
    )
    taken = "The misconception median (mean) is taken for around_the_median in test_standardise."
    assert taken in sentences(course)
    change(course, "test_standardise.py", '("standardise",)', '("mean", "standardise")')
    assert taken not in sentences(course)


def test_a_right_program_is_told_of_no_mistake(course: Path) -> None:
    change(
        course, "misconceptions.py", "    return sum(values) / 3", "    return np.mean(values) * 1"
    )
    change(
        course,
        "misconceptions.py",
        'def mean(values):\n    """The right one."""\n    return sum(values) / len(values)',
        'def mean(values):\n    """The right one."""\n    return 0',
    )
    assert any("is taken for always_three in test_mean" in each for each in sentences(course))


# Checks that depend on luck, or break


def test_a_check_that_depends_on_its_seed_is_found_out(course: Path) -> None:
    change(course, "test_mean.py", "rng.uniform(-3, 9, 5), 2)", "rng.uniform(-3, 9, 5), 0)")
    found = sentences(course, seeds=12)
    assert any("whole_division" in each and "of 13 secrets)." in each for each in found)


def test_a_check_that_breaks_on_a_wrong_program_is_found_out(course: Path) -> None:
    change(
        course,
        "test_mean.py",
        "    submission.mean(values).should_be(values.mean())\n",
        "    result = submission.mean(values)\n"
        "    [0.0, 0.0][0 if result.number() <= values.max() else 7]\n"
        "    result.should_be(values.mean())\n",
    )
    found = sentences(course)
    assert any(
        "not_divided (mean) meets a check that breaks: The check test_mean::test_value is broken: "
        "IndexError: list index out of range" in each
        for each in found
    )


# The list of equivalent mutants

ENTRY = """
[[equivalent]]
function = "mean"
rule = "operator"
before = "return sum(values) / len(values)"
after = "{}"
why = "a test says so"
"""


def test_an_entry_that_names_no_mutant_is_an_error(course: Path) -> None:
    add(course, "equivalent_mutants.toml", ENTRY.format("return 7"))
    (found,) = sentences(course)
    assert found.startswith("equivalent_mutants.toml lists a mutant that there is not: mean · ")


def test_an_entry_for_a_mutant_that_is_rejected_is_an_error(course: Path) -> None:
    add(course, "equivalent_mutants.toml", ENTRY.format("return sum(values) * len(values)"))
    (found,) = sentences(course)
    assert (
        "lists a mutant that test_mean::test_numbers_twice, test_mean::test_value reject" in found
    )


@pytest.mark.parametrize(
    "text",
    ["equivalent = 3", "[[equivalent]]", "what?", ENTRY.format("x").replace("a test says so", " ")],
)
def test_a_list_that_cannot_be_read_is_refused(course: Path, text: str) -> None:
    (course / "tests" / LAB / "equivalent_mutants.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"equivalent_mutants\.toml cannot be read"):
        attempt(course)


# A lab that is not whole


@pytest.mark.parametrize("name", ["misconceptions.py", "right_programs.py"])
def test_a_lab_without_programs_is_refused(course: Path, name: str) -> None:
    (course / "tests" / LAB / name).unlink()
    with pytest.raises(ConfigurationError, match=name):
        attempt(course)


def test_a_program_for_no_function_is_refused(course: Path) -> None:
    change(course, "right_programs.py", '("mean", loop)', '("meen", loop)')
    with pytest.raises(ConfigurationError, match="'meen', which no solution cell"):
        attempt(course)


# Programs that do not end, and programs that remember


def rewrite_solution(course: Path, old: str, new: str) -> None:
    """Change the solution in the script that makes the notebook, and release it anew."""
    notebook = course / "source" / LAB / f"{LAB}.ipynb"
    text = notebook.read_text(encoding="utf-8")
    assert text.count(old) == 1
    notebook.write_text(text.replace(old, new), encoding="utf-8")
    release(load_settings(course), LAB)


def test_a_mutant_that_loops_for_ever_is_stopped(course: Path) -> None:
    rewrite_solution(
        course,
        "    return sum(values) / len(values)\\n",
        "    total = count = 0\\n    while count < len(values):\\n        total += values[count]\\n"
        "        count += 1\\n    return total / len(values)\\n",
    )
    tried = attempt(course)
    endless = [
        result
        for trial, (result,) in tried.results.items()
        if trial.kind is Kind.MUTANT and "removed: count += 1" in trial.name
    ]
    assert len(endless) == 1
    assert endless[0].rejected_by


def test_a_program_that_ends_its_process_stops_nothing_else(course: Path) -> None:
    change(course, "right_programs.py", "    total = 0\n", "    import os\n\n    os._exit(0)\n")
    assert [each.sentence for each in findings(attempt(course, processes=2))] == [
        f"The right program loop (mean) does not run: {NEVER_ENDS}."
    ]


def test_what_a_program_keeps_does_not_reach_its_next_trial() -> None:
    def counts(kept: list[int] = []) -> int:  # noqa: B006
        kept.append(1)
        return len(kept)

    assert [fresh(counts)() for _ in range(3)] == [1, 1, 1]
    assert counts() == 1
