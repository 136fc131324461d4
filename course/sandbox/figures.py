"""Matplotlib's backend in the sandbox: `plt.show()` and the end of a cell draw what is open as PNG.

Untrusted side. It behaves as the inline backend of notebooks does: showing a figure also closes it.
"""

# mypy: disable-error-code="no-untyped-call"
# (Matplotlib is only partly annotated)

from __future__ import annotations

import io
from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image, ImageChops

from course.sandbox.capture import Recorder

SHEET_MARGIN = 2.0
PICTURE_MARGIN = 0.1
COLOURS = 256
SHEET = "sheet"
_recorder: list[Recorder] = []


def draw_into(recorder: Recorder) -> None:
    """Choose who receives the figures."""
    _recorder[:] = [recorder]


def draw(figure: Figure) -> bytes:
    """Return a figure as PNG, cut to what is on it, a label beyond its edge included.

    Notebooks draw twice for that, first to measure; this draws once, on a sheet with a margin (in
    inches), and cuts. Only what reaches the edge of the sheet is measured all the same.
    """
    sheet = _sheet(figure, figure.bbox_inches.padded(SHEET_MARGIN))
    blank = Image.new("RGB", sheet.size, sheet.getpixel((0, 0)))
    found = ImageChops.difference(sheet, blank).getbbox() or (0, 0, *sheet.size)
    if found[0] == 0 or found[1] == 0 or found[2:] == sheet.size:
        picture = _sheet(figure, "tight")
    else:
        margin = round(PICTURE_MARGIN * figure.dpi)
        left, top, right, bottom = found
        picture = sheet.crop((left - margin, top - margin, right + margin, bottom + margin))
    png = io.BytesIO()
    few = picture.quantize(COLOURS, method=Image.Quantize.FASTOCTREE)  # a third of the bytes
    few.save(png, format="png")
    return png.getvalue()


def show_all() -> None:
    """Draw and close every open figure."""
    for manager in Gcf.get_all_fig_managers():
        _show(manager)
    plt.close("all")


def discard_all() -> None:
    """Close figures that a call left open."""
    if Gcf.figs:
        plt.close("all")


def _sheet(figure: Figure, box: object) -> Image.Image:
    """Draw what lies within the box, without transparency."""
    canvas = figure.canvas
    figure.savefig(io.BytesIO(), format=SHEET, bbox_inches=box)
    return canvas.sheet  # type: ignore[attr-defined,no-any-return]


def _show(manager: Any) -> None:
    figure = manager.canvas.figure
    width, height = figure.get_size_inches() * figure.dpi
    text = f"<Figure size {width:.0f}x{height:.0f} with {len(figure.axes)} Axes>"
    for recorder in _recorder:
        if recorder.recording and recorder.may_draw():
            try:
                recorder.figure(draw(figure), text)
            except (
                Exception
            ) as error:  # as in a notebook: a figure that fails does not end its cell
                recorder.figure(None, f"{text} (not drawn: {type(error).__name__})")
        else:
            recorder.figure(None, text)


class FigureManager(FigureManagerBase):
    """One open figure."""

    def show(self) -> None:
        """Draw this figure (`fig.show()`)."""
        _show(self)
        Gcf.destroy(self)

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        """Draw all open figures (`plt.show()`)."""
        show_all()


class FigureCanvas(FigureCanvasAgg):
    """A canvas that is drawn by Agg."""

    manager_class = FigureManager
    filetypes = FigureCanvasAgg.filetypes | {SHEET: "what `draw` cuts"}
    sheet: Image.Image

    def print_sheet(self, _file: object, **_named: object) -> None:
        """Draw onto `sheet`; `savefig` calls this with the figure placed as it asks."""
        FigureCanvasAgg.draw(self)
        drawn = Image.fromarray(np.asarray(self.buffer_rgba()))
        self.sheet = Image.new("RGB", drawn.size, "white")
        self.sheet.paste(drawn, mask=drawn.getchannel("A"))
