"""A graded folder is there whole or not at all, at whatever moment the writer is killed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from course import store
from course.errors import ConfigurationError

FILES = {"lab1.ipynb": "{}", "record.json": "{}"}


def tree(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def put(folder: Path, files: dict[str, str], student: str = "ada") -> None:
    with store.opened(folder, "lab1") as opened:
        opened.put(student, files)


def test_a_folder_holds_exactly_the_files_of_the_last_grading(tmp_path: Path) -> None:
    put(tmp_path, {**FILES, "timestamp.txt": "then"})
    put(tmp_path, {**FILES, "lab1.ipynb": "new"})
    assert tree(tmp_path) == {"ada/lab1/lab1.ipynb": "new", "ada/lab1/record.json": "{}"}


def test_folders_that_nbgrader_left_read_only_are_replaced(tmp_path: Path) -> None:
    left = tmp_path / "ada" / "lab1"
    left.mkdir(parents=True)
    (left / "lab1.ipynb").write_text("old")
    (left / "lab1.ipynb").chmod(0o444)
    put(tmp_path, FILES)
    assert tree(tmp_path) == {"ada/lab1/lab1.ipynb": "{}", "ada/lab1/record.json": "{}"}


def test_other_labs_and_students_stay_as_they_are(tmp_path: Path) -> None:
    other = tmp_path / "ada" / "lab2"
    other.mkdir(parents=True)
    (other / "lab2.ipynb").write_text("mine")
    put(tmp_path, FILES, student="bob")
    put(tmp_path, FILES)
    assert tree(tmp_path)["ada/lab2/lab2.ipynb"] == "mine"


class _Killed(BaseException):
    """Stands in for a SIGKILL: nothing of ours may catch it."""


@pytest.mark.parametrize("moment", range(7))
def test_killed_at_any_moment_the_next_run_finds_old_or_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    put(tmp_path, {"lab1.ipynb": "old", "record.json": "old"})
    steps = iter(range(100))

    def killable(function: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            if next(steps) == moment:
                raise _Killed
            return function(*args, **kwargs)

        return call

    with monkeypatch.context() as patch, store.opened(tmp_path, "lab1") as opened:
        for name in ("mkdir", "write_text", "rename"):
            patch.setattr(Path, name, killable(getattr(Path, name)))
        patch.setattr(store, "_remove", killable(store._remove))
        try:
            opened.put("ada", {"lab1.ipynb": "new", "record.json": "new"})
        except _Killed:
            pass
        else:
            assert moment == 6, "the test must reach every step"
    with store.opened(tmp_path, "lab1"):
        found = tree(tmp_path)
    assert set(found.values()) in ({"old"}, {"new"})
    assert set(found) == {"ada/lab1/lab1.ipynb", "ada/lab1/record.json"}
    assert not list(tmp_path.glob("**/.lab1*"))


def test_two_runs_at_once_are_refused_in_a_sentence(tmp_path: Path) -> None:
    with (
        store.opened(tmp_path, "lab1"),
        pytest.raises(ConfigurationError, match="Another run is writing to"),
        store.opened(tmp_path, "lab1"),
    ):
        pass


def test_a_place_that_cannot_be_written_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "autograded").write_text("a file where a folder belongs")
    with (
        pytest.raises(ConfigurationError, match=r"autograded cannot be written \(File exists\)"),
        store.opened(tmp_path / "autograded", "lab1"),
    ):
        pass


def test_a_full_disk_is_a_sentence_and_the_old_grading_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, FILES)

    def full(self: Path, *args: Any, **kwargs: Any) -> int:
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(ConfigurationError, match=r"No space left on device\): make room"):
        put(tmp_path, {"lab1.ipynb": "new"})
    assert tree(tmp_path) == {f"ada/lab1/{name}": text for name, text in FILES.items()}
