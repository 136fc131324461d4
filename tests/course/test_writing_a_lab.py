"""`docs/writing-a-lab.md` is carried out: every file, every command, and what is printed."""

from __future__ import annotations

import doctest
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import worked_lab

from course.gate.rules import BLOCK_RULES, RULES

PAGE = worked_lab.PAGE.read_text(encoding="utf-8")
LOOSE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
SHUT = 1  # what the page's first gate comes to


def carry_out(command: str, root: Path) -> tuple[int, str]:
    """Run a command of the page with this interpreter; its exit code and what it printed."""
    program, *arguments = command.split()
    start = {
        "python": [sys.executable],
        "course": [sys.executable, "-c", "from course.cli import main; main()"],
    }[program]
    done = subprocess.run([*start, *arguments], cwd=root, capture_output=True, text=True)
    assert done.returncode != 2, done.stderr
    return done.returncode, done.stdout


@pytest.mark.slow
def test_the_page_is_true(tmp_path: Path) -> None:
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(worked_lab.REPOSITORY / name, tmp_path)
    codes = []
    for step in worked_lab.steps():
        if step.path:
            step.write(tmp_path)
            continue
        code, printed = carry_out(step.command, tmp_path)
        codes.append(code)
        assert doctest.OutputChecker().check_output(step.text, printed, LOOSE), (
            f"{step.command} printed:\n{printed}\nbut the page says:\n{step.text}"
        )
    assert codes == [0, 0, SHUT, 0, 0]
    assert (tmp_path / "averages.png").read_bytes().startswith(b"\x89PNG")
    assert "| median |" in (tmp_path / "averages-marks.md").read_text(encoding="utf-8")


def test_every_block_of_the_page_is_a_step() -> None:
    blocks = len(re.findall(r"^```\w+$", PAGE, re.MULTILINE))
    commands = PAGE.count("\n$ ")
    files = sum(bool(step.path) for step in worked_lab.steps())
    consoles = PAGE.count("```console\n")
    assert blocks == files + consoles
    assert sum(bool(step.command) for step in worked_lab.steps()) == commands == consoles


def test_the_page_lists_the_rules_in_their_own_words() -> None:
    table = dict(re.findall(r"^\| (\w+) \| (.+) \|$", PAGE[PAGE.index("| rule |") :], re.MULTILINE))
    for name, rule in (RULES | BLOCK_RULES).items():
        said = " ".join((rule.__doc__ or "").split()).rstrip(".")
        assert table[name].lower() == said.lower()
    assert set(table) - {"rule"} == set(RULES | BLOCK_RULES)
