"""Where the course lies that a command is about, for every command alike.

It stands apart from the commands so that they can be spread over several modules, and it imports
what it needs when a command runs, so that `course --help` answers at once.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from course.errors import ConfigurationError

if TYPE_CHECKING:
    from course.config import Settings


def course_dir(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option `--course-dir`, as a decorator."""
    return click.option(
        "--course-dir",
        type=click.Path(path_type=Path),
        default=Path(),
        help="The course's folder; without it, the one that you are in.",
    )(command)


def settings_in(course_dir: Path, **changes: Any) -> Settings:
    """The settings of the course that a folder lies in, changed by what the command line says.

    ConfigurationError when it lies in none, or its configuration is wrong.
    """
    from course.config import find_root, load_settings

    try:
        course_dir = course_dir.resolve()
    except FileNotFoundError:
        raise ConfigurationError(
            "The folder that you are in is gone: change into another."
        ) from None
    return load_settings(find_root(course_dir)).override(**changes)
