"""A desk on which an instructor collects: a course, exports made here, and what came of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lms
import pytest

from course.collect.command import collect
from course.config import Settings, load_settings

EARLY, LATE = "2027-01-30 08:00:00 UTC", "2027-02-03 22:30:00 UTC"
LATE_5 = "2027-02-03 22:30:05 UTC"


@dataclass
class Desk:
    """A course with two labs, and a run of `course collect` on it."""

    folder: Path
    settings: Settings
    capsys: pytest.CaptureFixture[str]

    def collect(self, *places: Path, code: int | None = 0, **options: Any) -> dict[str, Any]:
        roster = options.pop("roster", lms.ROSTER)
        if roster is not None:
            options["roster"] = self.write("class.csv", roster)
        options.setdefault("timezone", "UTC")
        ended = collect(self.settings, lms.LAB, places, as_json=True, **options)
        said: dict[str, Any] = json.loads(self.capsys.readouterr().out)
        assert code is None or ended == code, said
        return said

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def zip(self, files: dict[str, bytes], name: str = "export.zip") -> Path:
        return self.write(name, lms.zipped(files))

    @property
    def submitted(self) -> dict[str, bytes]:
        return tree(self.settings.folder("submitted"))

    @property
    def kept(self) -> dict[str, bytes]:
        return tree(self.settings.root / "collected")


def tree(top: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(top.rglob("*")) if path.is_file())
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in paths}


def states(said: dict[str, Any]) -> dict[str, str]:
    return {each["file"]: each["state"] for each in said["files"]}


def reasons(said: dict[str, Any]) -> list[str]:
    return [each["reason"] for each in said["files"] if each["state"] == "refused"]


def open_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A fixture, for each file that needs one: `desk = pytest.fixture(open_desk)`."""
    root = tmp_path / "course"
    for lab in (lms.LAB, "lab2"):
        (root / "source" / lab).mkdir(parents=True)
        (root / "source" / lab / f"{lab}.ipynb").write_text("{}")
    (root / "course_config.py").write_text("c = get_config()\n")
    return Desk(tmp_path, load_settings(root), capsys)


def submission(student: str, content: bytes, time: str) -> dict[str, bytes]:
    folder = f"{student}/{lms.LAB}"
    return {f"{folder}/lab1.ipynb": content} | (
        {f"{folder}/timestamp.txt": f"{time}\n".encode()} if time else {}
    )
