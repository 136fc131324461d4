"""A spool into which an archive is unpacked, with small bounds, and nothing beside it."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

from course.collect.arrived import arrived
from course.collect.intake import Arrived, Caps

SMALL = Caps(file_bytes=1 << 20, total_bytes=3 << 20, files=20, depth=3, ratio=20, ratio_from=1000)


def open_spool(tmp_path: Path) -> Callable[..., list[Arrived]]:
    """A fixture, for each file that needs one: `take = pytest.fixture(open_spool)`."""
    (tmp_path / "spool").mkdir()

    def take(name: str, content: bytes, caps: Caps = SMALL) -> list[Arrived]:
        place = tmp_path / "in" / name
        place.parent.mkdir()
        place.write_bytes(content)
        outside = everything(tmp_path)
        found = list(arrived(place, tmp_path / "spool", caps))
        assert everything(tmp_path) == outside
        return found

    return take


def everything(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*") if "spool" not in path.parts}


def taken(files: list[Arrived]) -> dict[str, bytes]:
    return {file.path: file.content.read_bytes() for file in files if file.content}


def problems(files: list[Arrived]) -> dict[str, str]:
    return {file.path: file.problem for file in files if file.problem}


Take = Callable[..., list[Arrived]]


def tarred(*members: tuple[str, bytes, bytes], mode: str = "w:gz") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            info.type, info.mtime = kind, 1_800_000_000
            if kind == tarfile.REGTYPE:
                info.size = len(content)
            else:
                info.linkname = content.decode()
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()
