"""Matplotlib's backend in the sandbox: `plt.show()` and the end of a cell draw what is open as PNG.

Untrusted side. It behaves as the inline backend of notebooks does: showing a figure also closes it.

A notebook's names keep its figures, and a figure's texts keep what they were drawn with. So pixels
are let go here, or each figure would take some 10 MB for as long as its submission lasts.
"""

# mypy: disable-error-code="no-untyped-call"
# (Matplotlib is only partly annotated)

from __future__ import annotations

import io
from typing import Any, cast

import numpy as np
from matplotlib import pyplot as plt
from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from course.sandbox.capture import Recorder

SHEET_MARGIN = 2.0
PICTURE_MARGIN = 0.1
COLOURS = 256
SHEET = "sheet"
BACKEND = f"module://{__name__}"
Pixels = NDArray[np.uint8]
"""Rows, columns, and four bytes for red, green, blue and how opaque it is."""
Places = NDArray[np.intp]
_recorder: list[Recorder] = []


def draw_into(recorder: Recorder) -> None:
    """Choose who receives the figures."""
    _recorder[:] = [recorder]


def draw(figure: Figure) -> bytes:
    """Return a figure as PNG, cut to what is on it, a label beyond its edge included.

    Notebooks draw twice for that, first to measure; this draws once, on a sheet with a margin (in
    inches), and cuts. Only what reaches the edge of the sheet is measured all the same.

    An error that Matplotlib handles while it draws keeps the frames from here on with all of their
    local names, until they are collected one day: so none of these names a picture.
    """
    sheet = figure.bbox_inches.padded(SHEET_MARGIN)
    margin = round(PICTURE_MARGIN * figure.dpi)
    return _png(_cut(_drawn(figure, sheet), margin) or _on_white(_drawn(figure, "tight")))


def show_all() -> None:
    """Draw and close every open figure."""
    for manager in Gcf.get_all_fig_managers():
        _show(manager)
    plt.close("all")


def discard_all() -> None:
    """Close figures that a call left open."""
    if Gcf.figs:
        plt.close("all")


def _drawn(figure: Figure, box: object) -> Pixels:
    """Draw what lies within the box, on a canvas of its own."""
    drawn: list[Pixels] = []
    figure.savefig(cast(Any, drawn), format=SHEET, bbox_inches=box, backend=BACKEND)
    return drawn.pop()


def _cut(sheet: Pixels, margin: int) -> Image.Image | None:
    """Cut to what is on the sheet and a margin; None where that reaches an edge: it may go on."""
    rows, columns = _marked(sheet)
    if not rows.size:
        return None
    top, bottom = rows[0] - margin, rows[-1] + 1 + margin
    left, right = columns[0] - margin, columns[-1] + 1 + margin
    if top <= 0 or left <= 0 or bottom >= sheet.shape[0] or right >= sheet.shape[1]:
        return None
    sheet = sheet[top:bottom, left:right].copy()  # and let go of the whole
    return _on_white(sheet)


def _marked(sheet: Pixels) -> tuple[Places, Places]:
    """Find the rows and the columns that are not all of the colour of the sheet's corner."""
    colours = sheet.view(np.uint32)[:, :, 0]
    marked = colours != colours[0, 0]
    return np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))


def _on_white(drawn: Pixels) -> Image.Image:
    """Make an image of it, without transparency."""
    image = Image.fromarray(drawn)
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def _png(picture: Image.Image) -> bytes:
    png = io.BytesIO()
    few = picture.quantize(COLOURS, method=Image.Quantize.FASTOCTREE)  # a third of the bytes
    few.save(png, format="png")
    return png.getvalue()


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
    filetypes = FigureCanvasAgg.filetypes | {SHEET: "what `draw` asks for"}

    def print_sheet(self, drawn: list[Pixels], **_named: object) -> None:
        """Add what is drawn to a list; `savefig` calls this with the figure placed as it asks."""
        FigureCanvasAgg.draw(self)
        drawn.append(np.asarray(self.buffer_rgba()))
        RendererAgg.__init__(self.renderer, 1, 1, self.figure.dpi)  # the texts keep it
