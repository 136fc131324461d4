"""A course of its own, made for a demonstration: a course in use keeps its class and its marks.

The folder is made anew each time. So that nothing of anybody's is ever removed, a folder that is
there already must carry the mark of an earlier demonstration.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from course.config import CONFIG_NAME, DEMO_MARK, Settings, load_settings
from course.errors import ConfigurationError
from course.gradebook.adapter import CONFIG_NAME as NBGRADER_CONFIG_NAME
from course.release import release
from course.sample import MODULE, Sample, hand_in, load_class

MARK_TEXT = "This folder was made by `course demo`, which removes it and makes it again.\n"


def labs_with_a_class(settings: Settings) -> list[str]:
    """The labs that have a sample class; ConfigurationError when none has."""
    found = sorted(path.parent.name for path in (settings.root / "tests").glob(f"*/{MODULE}.py"))
    if not found:
        raise ConfigurationError(f"No lab has a sample class: write tests/<lab>/{MODULE}.py.")
    return found


def make_course(settings: Settings, into: Path) -> Settings:
    """Copy what the instructor wrote into a fresh folder, and return that course's settings."""
    try:
        _clear(into)
        (into / DEMO_MARK).write_text(MARK_TEXT, encoding="utf-8")
        for name in (CONFIG_NAME, NBGRADER_CONFIG_NAME):
            shutil.copy(settings.root / name, into)
        shutil.copytree(settings.folder("source"), into / settings.folders["source"])
        for lab_name in labs_with_a_class(settings):
            checks = Path("tests", lab_name)
            unneeded = shutil.ignore_patterns("__pycache__")
            shutil.copytree(settings.root / checks, into / checks, ignore=unneeded)
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename or into} cannot be read or written ({error.strerror or error})."
        ) from None
    return load_settings(into.resolve())


def write_class(settings: Settings, lab_name: str) -> dict[str, Sample]:
    """Release the lab and hand in its sample class; returns the samples by student."""
    release(settings, lab_name)
    samples = load_class(settings, lab_name)
    for sample in samples:
        hand_in(settings, lab_name, sample)
    return {sample.student: sample for sample in samples}


def _clear(into: Path) -> None:
    if into.exists() and not (into / DEMO_MARK).is_file() and any(into.iterdir()):
        raise ConfigurationError(
            f"{into} is not empty and no demonstration made it: name another folder with --into."
        )
    if into.exists():
        shutil.rmtree(into)
    into.mkdir(parents=True)
