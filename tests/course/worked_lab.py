"""The small lab of `docs/writing-a-lab.md`, read from that page: there it is written, once.

`steps` gives the page's files and commands in order. `write_lab` makes a course with the finished
lab in it, released, for tests that need a lab with a gate.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course.config import Settings, load_settings
from course.release import release

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs" / "writing-a-lab.md"
LAB = "averages"

_BLOCK = re.compile(
    r"^(?P<verb>Now `|Append to `|`)(?P<path>[^`\n]+)`(?: is)?:\n\n```\w+\n(?P<text>.*?)^```$"
    r"|^```console\n(?P<console>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Step:
    """A file to write or to add to, or a command with what it prints."""

    path: str = ""
    text: str = ""
    append: bool = False
    command: str = ""

    def write(self, root: Path) -> None:
        """Do what the page says about a file."""
        path = root / self.path
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") if self.append else ""
        path.write_text(before + self.text, encoding="utf-8")


def steps() -> Iterator[Step]:
    """Files and commands, in the order of the page."""
    for block in _BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        if block["path"]:
            yield Step(block["path"], block["text"], append=block["verb"].startswith("Append"))
        else:
            for part in re.split(r"^\$ ", block["console"], flags=re.MULTILINE)[1:]:
                command, _, printed = part.partition("\n")
                yield Step(command=command, text=printed)


def write_lab(root: Path) -> Settings:
    """Make a course in `root` that holds the finished lab, released, and give its settings."""
    root.mkdir(parents=True, exist_ok=True)
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(REPOSITORY / name, root)
    for step in steps():
        if step.path:
            step.write(root)
    subprocess.run([sys.executable, f"make_{LAB}.py"], cwd=root, check=True)
    settings = load_settings(root)
    release(settings, LAB)
    return settings
