"""Which LMS made an export: exactly one must fit, or the instructor says which."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from course.collect.claims import Aside, Claim
from course.collect.gradescope import Gradescope
from course.collect.intake import Arrived, is_archive
from course.collect.plain import NbgraderFolders, PlainFiles
from course.collect.shapes import SHAPES, Shape, read
from course.errors import ConfigurationError

# what --from calls each, and what an instructor does
TITLES: Mapping[str, str] = {
    **{name: shape.title for name, shape in SHAPES.items()},
    NbgraderFolders.name: NbgraderFolders.title,
    PlainFiles.name: PlainFiles.title,
}

_LEFTOVERS = re.compile(
    r"(?:^|/)(?:__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\.ipynb_checkpoints/)", re.I
)


class Recogniser(Protocol):
    """Reads what one LMS's paths say. `sure` ones are asked before the others."""

    @property
    def name(self) -> str:
        """What --from calls it."""

    @property
    def sure(self) -> bool:
        """Whether its marks are found nowhere else."""

    def read(self, file: Arrived) -> Claim | Aside | None:
        """What a file's path says; None when it does not look like this LMS's."""


@dataclass(frozen=True)
class _ByShape:
    shape: Shape
    files: Sequence[Arrived]

    @property
    def name(self) -> str:
        return self.shape.name

    @property
    def sure(self) -> bool:
        return self.shape.sure

    def read(self, file: Arrived) -> Claim | Aside | None:
        found = self.shape.match(file.path)
        entrys = file.entered(found.start()) if found else None
        if claim := read(self.shape, file.path, entrys):
            if self.shape.time_is_entrys and not self._have_times:
                return replace(claim, time=entrys, time_is_entrys=True, problem="")
            return claim
        return Aside(f"{self.shape.title}'s own page") if self.shape.is_aside(file.path) else None

    @cached_property
    def _have_times(self) -> bool:
        """Whether all names begin with a time: where one alone does, a student called it so."""
        claims = [read(self.shape, file.path, None) for file in self.files]
        return all(claim.time for claim in claims if claim)


def leftover(file: Arrived) -> Aside | None:
    """What no student hands in: caches of an operating system, and checkpoints of Jupyter."""
    if _LEFTOVERS.search(file.path):
        return Aside("left by an operating system or by Jupyter, nobody's work")
    return None


def recogniser_for(
    files: Sequence[Arrived], lab: str, labs: Collection[str], name: str = ""
) -> Recogniser:
    """The recogniser of one export: the one that was named, or the only one that fits.

    ConfigurationError when several fit. There is at least one file.
    """
    known = _all(files, lab, labs)
    if name:
        return next(each for each in known if each.name == name)
    for sure in (True, False):
        fitting = [each for each in known[:-1] if each.sure is sure and _share(each, files) > 0.5]
        if len(fitting) > 1:  # all of an LMS's names are; a student's files may look like another's
            fitting = [each for each in fitting if _share(each, files) == 1] or fitting
        if len(fitting) > 1:
            names = " and ".join(each.name for each in fitting)
            raise ConfigurationError(
                f"{files[0].source} looks like {names} at once: say which with --from NAME."
            )
        if fitting:
            return fitting[0]
    return known[-1]


def _all(files: Sequence[Arrived], lab: str, labs: Collection[str]) -> list[Recogniser]:
    shapes = [shape for shape in SHAPES.values() if shape is not Gradescope.shape]
    return [
        *(_ByShape(shape, files) for shape in shapes),
        Gradescope(files),
        NbgraderFolders(lab, labs, files),
        PlainFiles(lab, labs),
    ]


def _share(recogniser: Recogniser, files: Sequence[Arrived]) -> float:
    """How many of the notebooks (or, without any, of all files) look like this LMS's; 1 is all.

    Those of one archive within have one voice together: a student's own may be full of notebooks
    that are called as another LMS would call them. What is known to be nobody's has none.
    """
    works = [file for file in files if leftover(file) is None]
    notebooks = [file for file in works if file.name.lower().endswith(".ipynb")]
    voices: dict[str, list[bool]] = defaultdict(list)
    look = recogniser.read
    if isinstance(recogniser, Gradescope | NbgraderFolders):
        look = recogniser.look
    for file in notebooks or works:
        if not isinstance(said := look(file), Aside):
            voices[_place(file.path)].append(said is not None)
    return sum(map(all, voices.values())) / max(1, len(voices))


def _place(path: str) -> str:
    """Where a file came from: itself, or the outermost archive in which it lay."""
    parts = path.split("/")
    archive = next((n for n, part in enumerate(parts[:-1], 1) if is_archive(part)), len(parts))
    return "/".join(parts[:archive])
