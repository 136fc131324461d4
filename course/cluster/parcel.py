"""What travels to a worker before it may grade: the lab's files, the settings, and who may open it.

A worker needs no folder in common with the instructor's machine. It unpacks the lab into a private
folder, which is as much out of a submission's reach as the course itself is: the self-test on that
machine tries to read it. Passwords stay at home: the gradebook's address does not travel.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Self, TypeVar

import course
from course.config import Settings
from course.confinement import choose_isolation
from course.errors import ConfigurationError
from course.grading import versions
from course.lab import Lab
from course.sandbox import sweep
from course.sandbox.isolation import LAYERS, Isolation
from course.submitted import HandedIn

T = TypeVar("T")
Opener = Callable[[Settings, Lab, Isolation], AbstractContextManager[Callable[[HandedIn], T]]]

PREFIX = "course-cluster-"
CODE = "code of course"  # beside the versions: a checkout has one version and many states

OTHER_LAB = "got another lab than the one that is graded: was it changed just now? Run again"
TOO_WEAK = "confines submissions by {found} and not, as is wanted, by {wanted}{why}"


def fingerprint() -> dict[str, str]:
    """What a mark may depend on besides the lab: versions, and this package's own code."""
    package = Path(course.__file__).parent
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        digest.update(str(file.relative_to(package)).encode() + b"\0" + file.read_bytes() + b"\0")
    return {**versions(), CODE: digest.hexdigest()[:12]}


@dataclass(frozen=True)
class Parcel(Generic[T]):
    """One lab, ready to travel. `files` are its bytes by their place in a course."""

    settings: Settings
    lab: str
    source_hash: str
    tier: str
    files: Mapping[str, bytes]
    opener: Opener[T]

    @classmethod
    def of(cls, settings: Settings, lab: Lab, isolation: Isolation, opener: Opener[T]) -> Self:
        """Everything that grading this lab takes; `isolation` is the weakest that will do."""
        notebook = f"{lab.name}/{lab.name}.ipynb"
        files = {
            f"{step}/{notebook}": (settings.folder(step) / notebook).read_bytes()
            for step in ("source", "release")
        }
        for path in sorted(lab.checks_folder.rglob("*")):
            inside = path.relative_to(lab.checks_folder)
            hidden = any(part.startswith((".", "__pycache__")) for part in inside.parts)
            if path.is_file() and not hidden:
                files[f"tests/{lab.name}/{inside.as_posix()}"] = path.read_bytes()
        travelling = settings.override(db_url="", folders={step: step for step in settings.folders})
        return cls(travelling, lab.name, lab.source_hash, isolation.tier, files, opener)

    def packed(self) -> bytes:
        """The parcel as bytes, for `unpack`."""
        return pickle.dumps(self)

    @contextmanager
    def opened(self) -> Iterator[tuple[Isolation, Callable[[HandedIn], T]]]:
        """Unpack, prove the isolation here, open a grader; all is removed at the end.

        ConfigurationError says why this machine may not grade.
        """
        with sweep.made(PREFIX) as root:
            for name, content in self.files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_bytes(content)
            settings = self.settings.override(root=root)
            lab = Lab.load(settings, self.lab)
            if lab.source_hash != self.source_hash:
                raise ConfigurationError(OTHER_LAB)
            isolation = choose_isolation(settings, lab.name)
            _refuse_weaker(isolation, self.tier)
            with self.opener(settings, lab, isolation) as grade:
                yield isolation, grade


def _refuse_weaker(isolation: Isolation, wanted: str) -> None:
    best_first = list(LAYERS)
    if best_first.index(isolation.tier) > best_first.index(wanted):
        reasons = [f"{tier}: {reason}" for tier, reason in isolation.passed_over]
        why = f" ({'; '.join(reasons)})" if reasons else ""
        raise ConfigurationError(TOO_WEAK.format(found=isolation.tier, wanted=wanted, why=why))
