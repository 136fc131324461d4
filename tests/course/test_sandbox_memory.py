"""How much memory a submission takes for itself, which decides how many run beside each other."""

from __future__ import annotations

from sandboxes import warm_process

from course.sandbox.host import Child
from course.sandbox.limits import Limits

MOST = """
import resource
def most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
"""
FIGURE = """
import matplotlib.pyplot as plt
figure, panels = plt.subplots(1, 2, figsize=(10, 6), dpi=90)
panels[0].semilogy([1, 1000], label="a line")
panels[0].legend()
kept = [*globals().get("kept", []), figure]
plt.show()
"""
FIGURES = 8
MIB_FOR_ONE = 3.0
"""Its lines, ticks and texts take 1; the sheet that it is drawn on would take 4.5, twice."""


def _grown(child: Child, source: str, times: int) -> float:
    """How many MiB more the process had at its peak, all in all, after running a cell again."""
    before = child.call("most")
    for _ in range(times):
        ran = child.run(source)
        assert ran.error is None
        assert "not drawn" not in "".join(output.text for output in ran.outputs)
    return float(child.call("most") - before)


def test_what_a_figure_was_drawn_on_does_not_stay_with_it() -> None:
    """A notebook's names keep its figures, so that every one would add its pixels."""
    with warm_process("landlock", Limits()) as warm, warm.fork() as child:
        assert child.run(MOST).error is None
        _grown(child, FIGURE, 2)  # what is loaded once, and the room that each drawing uses again
        assert _grown(child, FIGURE, FIGURES) < MIB_FOR_ONE * FIGURES
