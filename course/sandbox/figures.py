"""Matplotlib's backend in the sandbox: `plt.show()` and the end of a cell draw what is open as PNG.

Untrusted side. It behaves as the inline backend of notebooks does: showing a figure also closes it.
"""

from __future__ import annotations

import io
from typing import Any

from matplotlib import pyplot as plt
from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

from course.sandbox.capture import Recorder

_recorder: list[Recorder] = []


def draw_into(recorder: Recorder) -> None:
    """Choose who receives the figures."""
    _recorder[:] = [recorder]


def show_all() -> None:
    """Draw and close every open figure."""
    for manager in Gcf.get_all_fig_managers():
        _show(manager)
    plt.close("all")


def discard_all() -> None:
    """Close figures that a call left open."""
    if Gcf.figs:
        plt.close("all")


def _show(manager: Any) -> None:
    figure = manager.canvas.figure
    width, height = figure.get_size_inches() * figure.dpi
    text = f"<Figure size {width:.0f}x{height:.0f} with {len(figure.axes)} Axes>"
    for recorder in _recorder:
        if recorder.recording and recorder.may_draw():
            try:
                buffer = io.BytesIO()
                figure.savefig(buffer, format="png")
                recorder.figure(buffer.getvalue(), text)
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
