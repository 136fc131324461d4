"""The notebook that students get, made from the source notebook by nbgrader's own steps.

The same source gives the same bytes on every machine, so that a release can be committed and CI can
compare it. Nothing is released whose checks and points do not fit together, since students would
work on it before anybody noticed.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from course.config import Settings
from course.errors import ConfigurationError
from course.gradebook.adapter import load_config
from course.judge.checks import Checks
from course.lab import Lab, known_labs
from course.marks import refuse_misfits


def release(settings: Settings, lab_name: str) -> Path:
    """Write `release/<lab>/<lab>.ipynb` and return its path.

    ConfigurationError, and the release of before stays, when the lab is not fit to be released.
    """
    text = release_text(settings, lab_name)
    path = _path(settings, "release", lab_name)
    new = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink()
        raise ConfigurationError(
            f"{path} cannot be written ({error.strerror}): make room or mend its permissions."
        ) from None
    return path


def refuse_stale(settings: Settings, lab_name: str) -> None:
    """ConfigurationError when `release/` is not, byte for byte, what the source gives now."""
    path = _path(settings, "release", lab_name)
    text = release_text(settings, lab_name)
    try:
        current = path.read_bytes() == text.encode()
    except OSError:
        current = False
    if not current:
        raise ConfigurationError(
            f"{path} is not what source/{lab_name} gives now: run `course release {lab_name}`."
        )


def release_text(settings: Settings, lab_name: str) -> str:
    """Make the release of a lab and return it, without writing anything into the course."""
    source = _path(settings, "source", lab_name)
    if not source.is_file():
        raise ConfigurationError(
            f"There is no lab {lab_name!r}: {source} does not exist; {known_labs(settings)}."
        )
    _refuse_fleeting_ids(source)
    text = _generate(settings, lab_name)
    _refuse_unfit(settings, lab_name, text)
    return text


def _path(settings: Settings, step: str, lab_name: str) -> Path:
    return settings.folder(step) / lab_name / f"{lab_name}.ipynb"


def _refuse_fleeting_ids(source: Path) -> None:
    """Cells without ids of their own would get others in every release."""
    try:
        cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
        ids = [cell.get("id") for cell in cells]
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"{source} cannot be read as a notebook ({error}): open and save it in Jupyter."
        ) from None
    for number, cell_id in enumerate(ids, 1):
        if not cell_id or ids.count(cell_id) > 1:
            raise ConfigurationError(
                f"Cell {number} of {source} has no id of its own, and two releases would differ: "
                "give it one, as `jupyter nbconvert --to notebook --inplace` does."
            )


def _generate(settings: Settings, lab_name: str) -> str:
    """What `nbgrader generate_assignment` would write, without its database."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory

    config = load_config(settings)
    config.CourseDirectory.root = str(settings.root)
    config.Course.colab_url = settings.colab_url
    for step, folder in settings.folders.items():
        config.CourseDirectory[f"{step}_directory"] = folder
    make: Any = GenerateAssignment
    converter = make(coursedir=CourseDirectory(config=config), config=config)
    source = os.path.join(settings.folder("source"), ".", lab_name, f"{lab_name}.ipynb")  # noqa: PTH118
    with _quiet(converter.log):
        try:
            exporter: Any = converter.exporter_class(parent=converter, config=converter.config)
            for each in converter.preprocessors:
                if not str(getattr(each, "__name__", each)).endswith("SaveCells"):
                    exporter.register_preprocessor(each)
            resources = converter.init_single_notebook_resources(source)
            return str(exporter.from_filename(source, resources=resources)[0])
        except Exception as error:  # nbgrader raises whatever comes to hand
            raise ConfigurationError(
                f"nbgrader cannot release source/{lab_name} ({' '.join(str(error).split())}): "
                "mend the notebook."
            ) from None


@contextmanager
def _quiet(log: logging.Logger) -> Iterator[None]:
    """Keep nbgrader from logging what it also raises; one sentence is enough."""
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


def _refuse_unfit(settings: Settings, lab_name: str, text: str) -> None:
    """Look at the lab as it would be with this release."""
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        trial = settings.override(folders={**settings.folders, "release": folder})
        path = _path(trial, "release", lab_name)
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
        lab = Lab.load(trial, lab_name)
    refuse_misfits(lab, Checks(lab.checks_folder, settings.secret))
