"""What the gate shows: a table, a picture, the page of marks, and how the command ends."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import worked_lab
from matplotlib.colors import to_rgb
from matplotlib.image import imread
from rich.console import Console

from course.config import load_settings
from course.errors import ConfigurationError
from course.gate import marks, picture
from course.gate.command import gate
from course.gate.findings import findings
from course.gate.matrix import show, summary
from course.gate.picture import ALONE, COLOURS, ELSEWHERE, MISSED, PASSED, REJECTED, draw
from course.gate.trial import Result
from course.gate.tried import Plan, Tried

LAB = worked_lab.LAB


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return worked_lab.write_lab(tmp_path_factory.mktemp("shown") / "course").root


@pytest.fixture(scope="module")
def green(course: Path) -> Tried:
    return Plan(load_settings(course), LAB).run()


@pytest.fixture(scope="module")
def shut(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Tried:
    """The same lab with a check that lets everything pass."""
    copied = Path(shutil.copytree(course, tmp_path_factory.mktemp("shut") / "course"))
    path = copied / "tests" / LAB / "test_standardise.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("is_same(after, values)", "True"), encoding="utf-8")
    return Plan(load_settings(copied), LAB).run()


def printed(tried: Tried, width: int = 120) -> str:
    text = io.StringIO()
    show(Console(file=text, width=width), tried, findings(tried))
    return text.getvalue()


def colours(path: Path) -> set[int]:
    """Which of the matrix's colours a picture holds."""
    pixels = {tuple(pixel) for pixel in np.round(imread(path)[..., :3] * 255).reshape(-1, 3)}
    return {
        value
        for value, colour in enumerate(COLOURS)
        if tuple(np.round(np.array(to_rgb(colour)) * 255)) in pixels
    }


def test_the_table_says_what_each_check_is_good_for(green: Tried) -> None:
    lines = [line.split() for line in printed(green).splitlines()]
    assert ["test_value", "4", "4", "2", "13", "median,", "whole_division"] in lines
    assert ["test_values_untouched", "1", "1", "1", "17", "in_place"] in lines
    assert any(
        "explains: tells a forgotten division" in line for line in printed(green).split("\n")
    )


def test_the_last_line_says_how_much_was_tried(green: Tried, shut: Tried) -> None:
    assert summary(green, findings(green)).startswith(
        "averages: 4 right programs, 7 misconceptions, 45 mutants (1 equivalent), 5 checks, 1 "
        "secret, "
    )
    assert summary(green, findings(green)).endswith("; the gate is green.")
    assert summary(shut, findings(shut)).endswith("; the gate is shut: 2 findings.")


def test_what_got_through_is_shown_with_its_source(shut: Tried) -> None:
    text = printed(shut)
    assert "• The misconception in_place (standardise) gets through" in text
    assert text.count("      def standardise(values):\n          values -= np.mean(values)\n") == 1
    assert "test_values_untouched rejects no misconception." in text


def test_nothing_is_lost_in_a_narrow_window(shut: Tried) -> None:
    flat = " ".join(printed(shut, width=60).split())
    for finding in findings(shut):
        assert finding.sentence in flat


def test_the_picture_has_the_colours_of_what_happened(
    green: Tried, shut: Tried, tmp_path: Path
) -> None:
    draw(green, tmp_path / "green.png")
    draw(shut, tmp_path / "shut.png")
    legend = {ALONE, REJECTED, ELSEWHERE, MISSED}  # has each of them
    assert legend < colours(tmp_path / "green.png")
    values = [set(picture.squares(green, panel).flatten()) for panel in picture.panels(green)]
    assert all(MISSED not in each for each in values)
    assert any(ALONE in each for each in values)
    assert any(MISSED in picture.squares(shut, panel) for panel in picture.panels(shut))


def test_a_mistake_that_others_pay_for_shows_in_grey(green: Tried) -> None:
    first, last = picture.panels(green)
    assert (first.cell, first.others, last.others) == ("test_mean", ("test_standardise",), ())
    assert set(picture.squares(green, first)[:, -1]) == {PASSED}
    paid_for = Result(frozenset({"test_standardise::test_value"}))
    results = dict.fromkeys(green.results, (paid_for,))
    assert set(picture.squares(replace(green, results=results), first)[:, -1]) == {ELSEWHERE}


def test_a_picture_that_cannot_be_written_is_one_sentence(green: Tried, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"x\.png cannot be written \(No such file"):
        draw(green, tmp_path / "nowhere" / "x.png")
    with pytest.raises(ConfigurationError, match=r"x\.md cannot be written \(No such file"):
        marks.write(green, tmp_path / "nowhere" / "x.md")


def test_the_page_of_marks_says_what_grading_would_give(green: Tried) -> None:
    page = marks.page(green, "docs/x.md")
    assert "Automatic points: 12." in page
    assert "`course gate averages --marks docs/x.md`" in page
    assert "| test_centred | 2 | What comes back has the mean 0. |\n" in page, (
        "a check, its weight and its sentence"
    )
    assert "| mistake | its exercise (6) | elsewhere | the lab (12) |" in page
    assert "| always three | 0 | 0 | 6 |" in page
    assert "| in place | 5 | 0 | 11 |" in page


def test_the_command_ends_with_what_it_found(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    png, page = tmp_path / "x.png", tmp_path / "x.md"
    assert gate(load_settings(course), LAB, processes=1, picture=png, marks=page) == 0
    out, err = capsys.readouterr()
    assert out.rstrip().endswith("the gate is green.")
    assert "57/57 tried" in err
    assert png.stat().st_size > 10_000
    assert page.read_text(encoding="utf-8").startswith("# averages: what every check is worth")
