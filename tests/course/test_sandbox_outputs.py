"""What a cell prints, shows and draws, and how much of it is kept."""

from __future__ import annotations

import io
from collections import Counter

import pytest
from PIL import Image
from sandboxes import SMALL

from course.sandbox.host import Child


def texts(child: Child, source: str) -> list[tuple[str, str, str]]:
    return [(output.kind, output.name, output.text) for output in child.run(source).outputs]


def test_outputs_come_in_order(child: Child) -> None:
    source = "import sys\nprint('a')\nprint('b', file=sys.stderr)\ndisplay(3)\nprint('c')\n6 * 7"
    assert texts(child, source) == [
        ("stream", "stdout", "a\n"),
        ("stream", "stderr", "b\n"),
        ("display", "", "3"),
        ("stream", "stdout", "c\n"),
        ("result", "", "42"),
    ]


def test_results_are_remembered_as_in_a_notebook(child: Child) -> None:
    child.run("20 + 1")
    assert texts(child, "_ * 2") == [("result", "", "42")]
    assert texts(child, "1 + 1;") == []
    assert texts(child, "None") == []
    assert texts(child, "__name__") == [("result", "", "'__main__'")]


FIGURE = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\n"


def test_figures_are_drawn_when_shown_or_at_the_end(child: Child) -> None:
    source = FIGURE + "plt.show()\nprint('between')\nplt.figure()\nplt.figure()\nNone"
    kinds = [(output.kind, output.png is not None) for output in child.run(source).outputs]
    assert kinds == [("display", True), ("stream", False), ("display", True), ("display", True)]
    assert child.run("plt.get_fignums()").outputs[0].text == "[]"


def test_a_shown_figure_is_drawn_once(child: Child) -> None:
    ran = child.run(FIGURE + "plt.gcf().show()\nNone")
    assert len(ran.outputs) == 1


def test_figures_beyond_the_limit_are_named_only(child: Child) -> None:
    ran = child.run(
        "import matplotlib.pyplot as plt\nfor _ in range(8): plt.figure(figsize=(1, 1))"
    )
    pictures = [output for output in ran.outputs if output.text.startswith("<Figure")]
    assert [output.png is not None for output in pictures] == [True] * 6 + [False] * 2
    assert ran.limit == "figures"


def test_a_run_that_draws_nothing_names_its_figures_and_uses_none_up(child: Child) -> None:
    for draw in (False, True, False):
        (figure,) = child.run(FIGURE, draw=draw).outputs[-1:]
        assert (figure.png is not None, "1 Axes" in figure.text) == (draw, True)
    many = "for _ in range(8): plt.figure(figsize=(1, 1))"
    assert child.run(many, draw=False).limit is None
    assert child.run(many).limit == "figures"


def test_a_huge_figure_is_no_error(child: Child) -> None:
    ran = child.run("import matplotlib.pyplot as plt\nplt.figure(figsize=(900, 900))\nNone")
    assert ran.error is None
    assert "not drawn" in ran.outputs[0].text


@pytest.mark.parametrize("beyond", [0.0, 1.5, 4.0])
def test_what_stands_beyond_the_edge_of_a_figure_is_drawn_too(child: Child, beyond: float) -> None:
    place = f"plt.gcf().text({1 + beyond / 2}, 0.5, 'here', color='#ff0000', va='center')"
    size = "import matplotlib.pyplot as plt\nplt.figure(figsize=(2, 2), facecolor='#00000000')\n"
    (output,) = child.run(size + place + "\nNone").outputs
    assert output.png is not None
    picture = Image.open(io.BytesIO(output.png)).convert("RGB")
    colours = Counter(picture.getpixel((x, y)) for x in range(picture.width) for y in range(20))
    assert any(red > 200 and green < 90 for red, green, _ in map(_rgb, colours))
    assert 20 < picture.width < 72 * (2 + beyond + 1)
    assert min(_rgb(picture.getpixel((0, 0)))) > 250


def test_what_reaches_below_the_sheet_is_drawn_whole(child: Child) -> None:
    figure = "import matplotlib.pyplot as plt\nplt.figure(figsize=(2, 2), facecolor='white')\n"
    heights = []
    for below in (-0.9, -1.1):  # in figures, of two inches: the sheet ends at -1
        line = f"plt.gcf().text(0.5, {below}, '|', fontsize=30, va='bottom')\nNone"
        (output,) = child.run(figure + line).outputs
        assert output.png is not None
        picture = Image.open(io.BytesIO(output.png)).convert("L")
        assert picture.crop((0, picture.height - 4, *picture.size)).getextrema() == (255, 255)
        heights.append(picture.height)
    assert abs(heights[0] - heights[1]) <= 3


def _rgb(pixel: object) -> tuple[int, int, int]:
    assert isinstance(pixel, tuple)
    return pixel


def test_a_large_picture_is_not_kept(child: Child) -> None:
    noise = "import numpy as np\nplt.imshow(np.random.rand(800, 800))\nNone"
    ran = child.run(FIGURE + "plt.figure(figsize=(12, 12))\n" + noise)
    assert "too large to keep" in ran.outputs[-1].text
    assert ran.limit == "figures"


def test_output_is_kept_up_to_a_limit_and_counted(child: Child) -> None:
    ran = child.run("print('é' * 100_000)\nprint('more')\n'x' * 100")
    kept = "".join(output.text for output in ran.outputs[:-1])
    assert len(kept.encode()) <= SMALL.output_bytes
    assert ran.outputs[-1].text == "\n[89868 characters dropped]\n"
    assert ran.limit == "output"


def test_many_small_outputs_are_limited(child: Child) -> None:
    ran = child.run("for number in range(10_000): display(number)")
    assert len(ran.outputs) <= SMALL.outputs + 1
    assert ran.limit == "output"
