"""Whatever lies under submitted/ is one submission per student, with a reason if unreadable."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from course import submitted
from course.config import Settings
from course.errors import ConfigurationError
from course.submission.read import MAX_BYTES


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(root=tmp_path)


def hand_in(settings: Settings, student: str, files: dict[str, str], lab: str = "lab1") -> Path:
    folder = settings.folder("submitted") / student / lab
    folder.mkdir(parents=True)
    for age, (name, text) in enumerate(files.items()):
        (folder / name).write_text(text)
        os.utime(folder / name, (1000 + age, 1000 + age))
    return folder


def read(settings: Settings) -> submitted.HandedIn:
    [submission] = submitted.find(settings, "lab1")
    return submission.read()


@pytest.mark.parametrize("name", ["lab1.ipynb", "Copy of lab1.ipynb", "LAB 1 (final).IPYNB"])
def test_any_single_notebook_is_taken(settings: Settings, name: str) -> None:
    hand_in(settings, "ada", {name: "text", "notes.txt": "mine"})
    assert read(settings) == submitted.HandedIn("ada", b"text", name)


def test_of_several_the_labs_own_name_counts(settings: Settings) -> None:
    hand_in(settings, "ada", {"Lab1.ipynb": "this", "lab1 (1).ipynb": "newer"})
    found = read(settings)
    assert found.data == b"this"
    assert found.note == (
        "2 notebooks were handed in (Lab1.ipynb, lab1 (1).ipynb); Lab1.ipynb was graded."
    )


def test_of_several_others_the_newest_counts(settings: Settings) -> None:
    hand_in(settings, "ada", {"b.ipynb": "old", "c.ipynb": "older", "a.ipynb": "new"})
    found = read(settings)
    assert (found.data, found.file_name) == (b"new", "a.ipynb")
    assert found.note.endswith("a.ipynb was graded.")


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({}, "The folder that was handed in is empty."),
        ({"timestamp.txt": "2027-01-01"}, "The folder that was handed in is empty."),
        ({".hidden.ipynb": ""}, "The folder that was handed in is empty."),
        (
            {"lab1.py": "", "lab1.pdf": ""},
            "There is no notebook (.ipynb) in what was handed in, only lab1.pdf, lab1.py.",
        ),
    ],
)
def test_a_folder_without_a_notebook_says_so(
    settings: Settings, files: dict[str, str], problem: str
) -> None:
    hand_in(settings, "ada", files)
    assert read(settings).problem == problem


def test_a_link_is_not_followed(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "solution.ipynb").write_text("secret")
    folder = hand_in(settings, "ada", {})
    (folder / "lab1.ipynb").symlink_to(tmp_path / "solution.ipynb")
    assert read(settings).data is None
    assert read(settings).problem == "lab1.ipynb is no ordinary file, and so it was not opened."


def test_a_pipe_does_not_hold_everybody_up(settings: Settings) -> None:
    folder = hand_in(settings, "ada", {})
    os.mkfifo(folder / "lab1.ipynb")
    assert "no ordinary file" in read(settings).problem


@pytest.mark.parametrize("kind", ["file", "pipe", "link"])
def test_what_is_no_folder_is_told_and_passed_over_by_nobody(settings: Settings, kind: str) -> None:
    place = settings.folder("submitted") / "ada" / "lab1"
    place.parent.mkdir(parents=True)
    make = {"file": place.touch, "pipe": lambda: os.mkfifo(place)}
    make.get(kind, lambda: place.symlink_to("nowhere"))()
    found = read(settings)
    assert found.data is None
    assert found.problem.startswith("The folder cannot be read")


def test_a_huge_file_is_read_just_far_enough_to_be_refused(settings: Settings) -> None:
    folder = hand_in(settings, "ada", {"lab1.ipynb": ""})
    os.truncate(folder / "lab1.ipynb", MAX_BYTES + 1000)
    data = read(settings).data
    assert data is not None
    assert len(data) == MAX_BYTES + 1


def test_the_time_of_handing_in_comes_along(settings: Settings) -> None:
    hand_in(settings, "ada", {"lab1.ipynb": "", "timestamp.txt": "2027-02-01 10:00:00 UTC\n"})
    assert read(settings).timestamp == "2027-02-01 10:00:00 UTC"


def test_names_that_are_no_text_can_still_be_told(settings: Settings) -> None:
    folder = hand_in(settings, "ada", {})
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.ipynb")).write_text("text")
    found = read(settings)
    assert (found.data, found.file_name) == (b"text", "\N{REPLACEMENT CHARACTER}.ipynb")


def test_a_name_of_several_lines_stands_on_one(settings: Settings) -> None:
    """It stood as a heading in the graded notebook: "84 of 84 points"."""
    name = "a\n\n# ada: 84 of 84 points\n\n"
    folder = hand_in(settings, "ada", {name: "text"})
    said = "There is no notebook (.ipynb) in what was handed in, only a # ada: 84 of 84 points."
    assert read(settings).problem == said
    (folder / f"{name}.ipynb").write_text("text")
    (folder / "b.ipynb").write_text("text")
    assert "\n" not in read(settings).note


def test_students_come_in_the_order_of_their_names(settings: Settings) -> None:
    for student in ("zoé", "Änne", "bob", "李雷", "ada"):
        hand_in(settings, student, {"lab1.ipynb": ""})
    hand_in(settings, "carl", {"lab2.ipynb": ""}, lab="lab2")
    hand_in(settings, ".trash", {"lab1.ipynb": ""})
    found = [each.student for each in submitted.find(settings, "lab1")]
    assert found == ["ada", "bob", "zoé", "Änne", "李雷"]
    assert [each.student for each in submitted.find(settings, "lab1", ["bob"])] == ["bob"]


def test_nothing_handed_in_is_a_sentence(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="No submissions of lab1: put each student's"):
        submitted.find(settings, "lab1")


def test_a_student_who_handed_in_nothing_is_a_sentence(settings: Settings) -> None:
    hand_in(settings, "ada", {"lab1.ipynb": ""})
    with pytest.raises(ConfigurationError, match=r"No submission of lab1 by '../ada': there is no"):
        submitted.find(settings, "lab1", ["../ada"])


def test_a_folder_whose_name_is_no_text_is_a_sentence(settings: Settings) -> None:
    top = settings.folder("submitted")
    Path(os.fsdecode(os.fsencode(top) + b"/\xff/lab1")).mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="whose name is no text: rename"):
        submitted.find(settings, "lab1")


def refuses(monkeypatch: pytest.MonkeyPatch, method: str, name: str) -> None:
    """Let this machine refuse one thing of the files that are called so."""
    real = getattr(Path, method)

    def act(path: Path, *arguments: object, **others: object) -> object:
        if path.name == name:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), str(path))
        return real(path, *arguments, **others)

    monkeypatch.setattr(Path, method, act)


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("iterdir", "lab1"),
        ("open", "lab1.ipynb"),
        ("open", "timestamp.txt"),
        ("lstat", "lab1.ipynb"),
    ],
)
def test_what_this_machine_cannot_read_is_nobodys_zero(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, method: str, name: str
) -> None:
    hand_in(settings, "ada", {"lab1.ipynb": "{}", "timestamp.txt": "2027-03-01 10:00:00 UTC"})
    [submission] = submitted.find(settings, "lab1")
    refuses(monkeypatch, method, name)
    found = submission.read()
    assert (found.data, found.problem) == (None, "")
    assert "cannot be read here (Too many open files)" in found.unread


def test_a_folder_that_goes_meanwhile_is_nobodys_zero(settings: Settings) -> None:
    folder = hand_in(settings, "ada", {"lab1.ipynb": "{}"})
    [submission] = submitted.find(settings, "lab1")
    folder.rename(folder.with_name(".lab1.old"))  # as `course collect` does for a moment
    assert submission.read().unread


def test_whom_a_killed_collecting_left_halfway_is_not_passed_over(settings: Settings) -> None:
    hand_in(settings, "ada", {"lab1.ipynb": "{}"})
    folder = hand_in(settings, "bob", {"lab1.ipynb": "{}"})
    folder.rename(folder.with_name(".lab1.old"))
    _, submission = submitted.find(settings, "lab1")
    assert submission.student == "bob"
    assert "run `course collect` again" in submission.read().unread


def test_who_cannot_be_looked_at_is_not_passed_over(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(settings, "ada", {"lab1.ipynb": "{}"})
    refuses(monkeypatch, "lstat", "lab1")
    assert [each.student for each in submitted.find(settings, "lab1")] == ["ada"]
