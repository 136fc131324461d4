"""A lab's pictures, with values from the student's own functions.

A lab that wants pictures on its students' pages has `tests/<lab>/pictures.py`; it knows what to
ask and what the numbers mean, this module knows only how. It asks a process of its own, in which
the student's cells run once more and which never hears a check: a function that remembers the
inputs of the checks could otherwise draw them into its owner's page, and one that remembers how
often it was called would get other marks because of a picture.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from course.errors import ConfigurationError, GraderFault
from course.judge.collection import module_beside
from course.judge.expect import CheckFailed
from course.judge.proxy import Submission
from course.judge.verdict import of_exception
from course.plot import Plot
from course.running import Executed
from course.sandbox.host import Child
from course.sandbox.outcome import NotDefined, ProcessEnded, SubmissionError, TimeLimit

MODULE = "pictures"
LONGEST_CELL = 1.0  # CPU seconds; what took longer is not run a second time for a picture

NO_PICTURE = "There is no picture: {reason}"
NOT_DRAWN = "This picture could not be drawn, which is no fault of yours. Your marks are unharmed."
TOOK_TOO_LONG = "There is no picture: asking your functions for it took too long."
NOT_THERE = (
    "There is no picture: your notebook has no {name}, or its cell took too long to run it once "
    "more."
)
ENDED = "There is no picture: your program ended when it was asked for one."

Draw = Callable[[Submission], Plot]


@dataclass(frozen=True)
class Pictures:
    """What a lab's `pictures.py` says.

    `pictures` are its functions, each from a `submission` to a `Plot`; the first line of the
    docstring is the title. `given` are the given cells that the student's functions need. `after`
    is the grade cell at which the student's names are taken, as its checks take them.
    """

    pictures: tuple[Draw, ...]
    given: frozenset[str]
    after: str

    @classmethod
    def beside(cls, folder: Path) -> Self | None:
        """The pictures of the checks in `folder`, if it has any; ConfigurationError if unusable."""
        module = module_beside(folder, MODULE)
        if module is None:
            return None
        try:
            return cls(tuple(module.PICTURES), frozenset(module.GIVEN), str(module.AFTER))
        except (AttributeError, TypeError) as error:
            raise ConfigurationError(f"{module.__file__} cannot be used: {error}.") from None

    def ask(self, child: Child, ran: Iterable[Executed]) -> tuple[Plot, ...]:
        """Run what is needed of the cells that `ran` in a fresh process, then ask for each picture.

        Nothing that happens there is an error: a picture that cannot be drawn says why.
        """
        self._prepare(child, ran)
        submission = Submission(child)
        return tuple(
            drawn(draw, submission) if child.alive else _without(draw, ENDED)
            for draw in self.pictures
        )

    def _prepare(self, child: Child, ran: Iterable[Executed]) -> None:
        with suppress(ProcessEnded):
            for executed in ran:
                cell = executed.cell.lab_cell
                if cell is not None and cell.grade_id == self.after:
                    return
                if self._needs(executed):
                    child.run(executed.cell.source, draw=False)

    def _needs(self, executed: Executed) -> bool:
        """Whether a cell runs again: the student's own and those of the lab that were named."""
        run, cell = executed.run, executed.cell.lab_cell
        if run is None or run.limit is not None or run.cpu > LONGEST_CELL:
            return False
        if run.error is not None and run.error.kind == ProcessEnded.__name__:
            return False
        return cell is None or cell.kind == "solution" or cell.grade_id in self.given


def drawn(draw: Draw, submission: Submission) -> Plot:
    """One picture, or a sentence instead of it."""
    try:
        plot = draw(submission)
    except TimeLimit:
        return _without(draw, TOOK_TOO_LONG)
    except ProcessEnded:
        return _without(draw, ENDED)
    except NotDefined as missing:
        return _without(draw, NOT_THERE.format(name=missing.name))
    except GraderFault:
        raise
    except (SubmissionError, CheckFailed) as error:
        verdict = of_exception("", error)
        return _without(draw, NO_PICTURE.format(reason=verdict.message if verdict else ""))
    except Exception:  # a mistake in the lab's file, which is no reason to withhold marks
        traceback.print_exc()
        return _without(draw, NOT_DRAWN)
    return plot.model_copy(update={"name": draw.__name__, "title": title(draw)})


def _without(draw: Draw, text: str) -> Plot:
    return Plot(name=draw.__name__, title=title(draw), text=text)


def title(draw: Draw) -> str:
    """What stands above a picture: the first line of its function's docstring."""
    return (draw.__doc__ or draw.__name__).strip().split("\n")[0]
