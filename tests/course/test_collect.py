"""Whatever an LMS exports becomes one submission per student; nothing is guessed or dropped."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import tracemalloc
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any

import lms
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import refused

from course.collect.attempts import Attempt, latest, safe_name
from course.collect.claims import Claim
from course.collect.command import PREFIX, collect
from course.collect.intake import Arrived
from course.collect.people import whose
from course.collect.plain import is_named_like
from course.collect.plan import Planner, State
from course.collect.recognise import TITLES
from course.collect.shapes import SHAPES, read
from course.collect.show import table
from course.config import Settings, load_settings
from course.errors import ConfigurationError
from course.gradebook import parse_timestamp
from course.lms_commands import MAKERS
from course.roster import read_roster

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


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
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


# --- each LMS ------------------------------------------------------------------------------------

# by export: the class list, who made it, the exit code, and the times of Ada's and Jörg's
EXPECTED: dict[str, tuple[str, str, int, str, str]] = {
    "canvas": (lms.CANVAS, "canvas", 1, "", ""),
    "moodle": (lms.MOODLE, "moodle", 0, EARLY, LATE),
    "moodle_flat": (lms.ROSTER, "moodle", 0, "", ""),
    "brightspace": (lms.ROSTER, "brightspace", 0, EARLY, LATE),
    "brightspace_flat": (lms.ROSTER, "brightspace", 0, EARLY, LATE),
    "blackboard": (lms.ROSTER, "blackboard", 0, EARLY, LATE_5),
    "gradescope": (lms.ROSTER, "gradescope", 0, EARLY, "2027-02-03 22:30:05.123456 UTC"),
    "ilias": (lms.ROSTER, "ilias", 0, EARLY, LATE_5),
    "classroom": (lms.ROSTER, "classroom", 0, "", ""),
    "nbgrader": (lms.ROSTER, "nbgrader", 0, EARLY, LATE_5),
    "plain": (lms.ROSTER, "plain", 0, "", ""),
}


@pytest.mark.parametrize("name", lms.EXPORTS)
def test_each_lms_is_recognised_and_collected(name: str, desk: Desk) -> None:
    roster, maker, code, ada, joerg = EXPECTED[name]
    place = lms.EXPORTS[name](desk.folder / "in")
    said = desk.collect(place, roster=roster, code=code)
    assert said["exports"] == {str(place): maker}
    assert desk.submitted == submission("ada", lms.ADA, ada) | submission("joerg", lms.NEW, joerg)
    assert said["missing"] == ["grace"]
    assert not reasons(said)
    kept = {content for path, content in desk.kept.items() if not path.endswith(".json")}
    assert {lms.ADA, lms.NEW} <= kept
    if "EARLIER" in str(states(said)).upper():
        assert lms.OLD in kept


@pytest.mark.parametrize("name", lms.EXPORTS)
def test_a_dry_run_says_the_same_and_writes_nothing(name: str, desk: Desk) -> None:
    roster, _, code, *_ = EXPECTED[name]
    place = lms.EXPORTS[name](desk.folder / "in")
    dry = desk.collect(place, roster=roster, code=code, dry_run=True)
    assert desk.submitted == {}
    assert desk.kept == {}
    assert desk.collect(place, roster=roster, code=code) == dry


@pytest.mark.parametrize("name", lms.EXPORTS)
def test_collecting_again_changes_nothing(name: str, desk: Desk) -> None:
    roster, _, code, *_ = EXPECTED[name]
    place = lms.EXPORTS[name](desk.folder / "in")
    desk.collect(place, roster=roster, code=code)
    before = {path: path.stat().st_mtime_ns for path in desk.settings.root.rglob("*")}
    said = desk.collect(place, roster=roster, code=code)
    assert "collected" not in states(said).values()
    after = {path: path.stat().st_mtime_ns for path in desk.settings.root.rglob("*")}
    assert {path for path in before if before[path] != after.get(path)} <= {
        desk.settings.folder("submitted")
    }


def test_every_shape_reads_its_own_example() -> None:
    for shape in SHAPES.values():
        claim = read(shape, shape.example, None)
        assert claim is not None
        assert (claim.file, claim.problem) == ("lab1.ipynb", "")


def test_nbgrader_reads_the_times_that_are_written(desk: Desk) -> None:
    desk.collect(lms.gradescope(desk.folder))
    text = desk.submitted["joerg/lab1/timestamp.txt"].decode()
    assert parse_timestamp(text) == datetime(2027, 2, 3, 22, 30, 5, 123456)


def test_local_times_need_a_zone_and_become_utc(desk: Desk) -> None:
    place = lms.blackboard(desk.folder)
    refused(lambda: desk.collect(place, timezone=""), "comes without its zone", "--timezone")
    assert desk.submitted == {}
    desk.collect(place, timezone="Europe/Berlin")
    assert desk.submitted["joerg/lab1/timestamp.txt"] == b"2027-02-03 21:30:05 UTC\n"


def test_a_class_list_from_the_settings_gives_names_but_no_times(desk: Desk) -> None:
    desk.write("course/moodle.csv", lms.MOODLE)
    desk.settings = desk.settings.override(roster="moodle.csv")
    desk.collect(lms.moodle(desk.folder), roster=None)
    assert desk.submitted == submission("ada", lms.ADA, "") | submission("joerg", lms.NEW, "")


def test_who_is_late_without_a_time_is_said(desk: Desk) -> None:
    place = lms.canvas(desk.folder)
    assert desk.collect(place, roster=lms.CANVAS, code=1)["late_without_time"] == ["joerg"]
    desk.write("course/submitted/joerg/lab1/timestamp.txt", LATE_5 + "\n")
    assert desk.collect(place, roster=lms.CANVAS, code=0)["late_without_time"] == []
    assert desk.submitted["joerg/lab1/timestamp.txt"].decode() == LATE_5 + "\n"


def test_anonymous_canvas_names_are_refused(desk: Desk) -> None:
    place = desk.zip({"LATE_anon_AbC12_90_lab1.ipynb": b"1", "anon_x9_91_lab1.ipynb": b"2"})
    said = desk.collect(place, roster=lms.CANVAS, code=1)
    assert len(reasons(said)) == 2
    assert "anon_AbC12" in reasons(said)[0]


@pytest.mark.parametrize(
    "own",
    [
        "Grace Hopper_7003_assignsubmission_file_x_7001_assignsubmission_file_lab1.ipynb",
        "1-2 - Ada Lovelace - Jan 1, 2027 800 AM - Feb 3, 2027 1030 PM - lab1.ipynb",
    ],
)
def test_a_flat_name_that_can_be_read_in_two_ways_is_nobodys(own: str, desk: Desk) -> None:
    """Where students choose their own names, one chose another's number, or an earlier time."""
    other = "Grace Hopper_7003_assignsubmission_file_lab1.ipynb"
    other = other if "assign" in own else "3-4 - Grace Hopper - Feb 3, 2027 1030 PM - lab1.ipynb"
    said = desk.collect(desk.zip({own: b"1", other: b"2"}), code=1)
    assert [each["student"] for each in said["files"] if each["state"] == "collected"] == ["grace"]
    assert desk.submitted["grace/lab1/lab1.ipynb"] == b"2"
    assert "in two ways" in reasons(said)[0]


@pytest.mark.parametrize("how", ["zip", "zip in a folder", "folder"])
def test_in_ilias_no_archive_of_a_students_says_when_it_came(how: str, desk: Desk) -> None:
    mine = lms.zipped({"lab1.ipynb": lms.ADA}, when={"lab1.ipynb": lms.EARLY})
    files = {
        "Lovelace_Ada_alovelace_7001/work.zip": lms.zipped({"deeper.zip": mine}),
        "Hopper_Grace_ghopper_7003/lab1.ipynb": lms.NEW,
    }
    if how == "folder":  # unpacked by the instructor, nothing has a time
        for name, content in files.items():
            desk.write(f"in/{name}", content)
    else:
        sent = lms.zipped(files, when=dict.fromkeys(files, lms.LATE))
        desk.write("in/export.zip", sent)
    desk.collect(desk.folder / "in" / ("export.zip" if how == "zip" else ""), code=None)
    late = "" if how == "folder" else LATE_5
    assert desk.submitted == submission("ada", lms.ADA, late) | submission("grace", lms.NEW, late)


# --- which export it is --------------------------------------------------------------------------


def test_two_that_fit_are_refused_and_can_be_named(desk: Desk) -> None:
    place = desk.zip({"lovelaceada_301_9_x - lab1.ipynb": b"1", "Ada - lab1.ipynb": b"2"})
    both = desk.zip(
        {"12-3 - Ada Lovelace - Jan 30, 2027 800 AM/lovelaceada_301_9_lab1.ipynb": b"{}"}, "b.zip"
    )
    refused(lambda: desk.collect(both), "looks like canvas and brightspace at once", "--from")
    assert desk.collect(both, recogniser="brightspace")["exports"] == {str(both): "brightspace"}
    refused(lambda: desk.collect(place, recogniser="webct"), "'webct'", "canvas")


def test_what_has_another_form_is_listed(desk: Desk) -> None:
    files = {f"s_{number}_{number}_lab1.ipynb": b"%d" % number for number in (301, 302)}
    said = desk.collect(desk.zip({**files, "odd one.ipynb": b"x"}), roster=lms.CANVAS, code=1)
    assert reasons(said) == ["its name is not of canvas's form"]


@pytest.mark.parametrize(
    ("place", "words"),
    [("nothing.zip", "There is no"), ("empty", "no files")],
)
def test_no_export_is_a_sentence(place: str, words: str, desk: Desk) -> None:
    (desk.folder / "empty").mkdir()
    refused(lambda: desk.collect(desk.folder / place), words)


def test_one_notebook_can_be_named_by_itself(desk: Desk) -> None:
    desk.collect(desk.write("in/ada.ipynb", b"1"), roster=None)
    assert desk.submitted == submission("ada", b"1", "")


def test_a_broken_export_is_listed_and_nobodys(desk: Desk) -> None:
    [file] = desk.collect(desk.write("ada.zip", b"broken"), roster=None, code=1)["files"]
    assert (file["file"], file["student"], file["state"]) == ("ada.zip", None, "refused")
    assert "damaged" in file["reason"]


def test_an_unknown_lab_is_a_sentence(desk: Desk) -> None:
    refused(lambda: collect(desk.settings, "lab9", [desk.folder]), "no lab 'lab9'", "lab1, lab2")


# --- who it is -----------------------------------------------------------------------------------


def test_names_alike_are_refused_unless_a_number_tells(desk: Desk) -> None:
    roster = 'student_id,name,Identifier\na1,Ada Lovelace,7\na2,"Lovelace, Ada",8\nb,Bob,9\n'
    place = desk.zip({"Ada Lovelace - lab1.ipynb": b"1", "Bob - lab1.ipynb": b"2"})
    said = desk.collect(place, roster=roster, code=1)
    assert ["a1, a2 are called alike" in each for each in reasons(said)] == [True]
    assert list(desk.submitted) == ["b/lab1/lab1.ipynb"]
    told = desk.zip({"Ada Lovelace_8_assignsubmission_file_/lab1.ipynb": b"1"}, "m.zip")
    desk.collect(told, roster=roster)
    assert "a2/lab1/lab1.ipynb" in desk.submitted


def test_a_number_that_contradicts_the_name_is_refused(desk: Desk) -> None:
    place = desk.zip({"Ada Lovelace_7003_assignsubmission_file_/lab1.ipynb": b"1"})
    [reason] = reasons(desk.collect(place, code=1))
    assert "is that of grace, but the name is that of ada" in reason


def test_who_is_not_on_the_list_is_listed(desk: Desk) -> None:
    place = desk.zip({"Mallory - lab1.ipynb": b"1", "Ada Lovelace - lab1.ipynb": b"2"})
    assert reasons(desk.collect(place, code=1)) == ["Mallory is not in class.csv"]


def test_who_handed_in_what_cannot_be_taken_is_not_called_missing(desk: Desk) -> None:
    place = desk.zip({"Ada Lovelace - a.ipynb": b"1", "Grace Hopper - work.rar": b"2"})
    said = desk.collect(place, code=1)
    assert said["missing"] == ["joerg"]
    assert [each["student"] for each in said["files"]] == ["ada", "grace"]


@pytest.mark.parametrize(
    ("name", "lab", "like"),
    [
        ("lab1.ipynb", "lab1", True),
        ("Copy of Lab 1 (2).ipynb", "lab1", True),
        ("lab1-3.ipynb", "lab1", True),
        ("lab-1.ipynb", "lab-1", True),
        ("Kopie von lab-1-2.ipynb", "lab-1", True),
        ("lab2.ipynb", "lab1", False),
        ("my lab1.ipynb", "lab1", False),
    ],
)
def test_what_is_called_like_a_lab(name: str, lab: str, like: bool) -> None:
    assert is_named_like(name, lab) is like


def test_without_a_list_logins_do_and_names_do_not(desk: Desk) -> None:
    said = desk.collect(lms.moodle_flat(desk.folder), roster=None, code=1)
    assert all("only a class list says who that is (--roster)" in each for each in reasons(said))
    place = desk.zip({"Lab 1_alovelace_attempt_2027-01-30-08-00-00_x.ipynb": b"1"})
    desk.collect(place, roster=None)
    assert desk.submitted == submission("alovelace", b"1", EARLY)


def test_a_stray_file_makes_no_student(desk: Desk) -> None:
    folder = desk.write("in/gradebook.csv", b"a,b").parent
    desk.write("in/ada.ipynb", b"1")
    said = desk.collect(folder, roster=None, code=1)
    assert desk.submitted == submission("ada", b"1", "")
    assert "it is no notebook, and only a class list" in reasons(said)[0]


def test_the_help_names_every_maker() -> None:
    assert set(MAKERS.split(", ")) == set(TITLES)


@pytest.mark.parametrize("name", ["..ipynb", "a:b.ipynb", "=1+1.ipynb", "x" * 101 + ".ipynb"])
def test_a_name_that_cannot_be_a_folder_is_refused(name: str, desk: Desk) -> None:
    said = desk.collect(desk.write("in/" + name, b"1").parent, roster=None, code=1)
    assert len(reasons(said)) == 1
    assert desk.submitted == {}


def test_capitals_alone_make_no_two_students(desk: Desk) -> None:
    place = desk.zip({"Ada.ipynb": b"1", "ada.ipynb": b"2"})
    said = desk.collect(place, roster=None, code=1)
    assert reasons(said) == ["Ada and ada differ in capitals alone: use a class list"] * 2


def test_a_group_of_gradescope_is_refused(desk: Desk) -> None:
    two = "  - :name: Grace Hopper\n    :sid: '0013'\n    :email: g@example.org\n  :created_at: 2"
    metadata = lms.METADATA.replace("  :created_at: 2", two, 1).encode()
    place = desk.zip(
        {
            "submission_metadata.yml": metadata,
            "submission_901/a.ipynb": b"1",
            "submission_7/b": b"2",
        }
    )
    one, other = reasons(desk.collect(place, code=1))
    assert "Ada Lovelace, Grace Hopper handed it in together" in one
    assert "does not name who handed in submission_7" in other


# --- several attempts ----------------------------------------------------------------------------


def attempt(day: int, content: bytes) -> dict[str, bytes]:
    return {f"1-2 - Ada Lovelace - Jan {day}, 2027 800 AM/lab1.ipynb": content}


def test_newer_replaces_older_and_never_the_other_way(desk: Desk) -> None:
    old, new = desk.zip(attempt(3, b"3"), "3.zip"), desk.zip(attempt(5, b"5"), "5.zip")
    desk.collect(old)
    assert desk.submitted == submission("ada", b"3", "2027-01-03 08:00:00 UTC")
    desk.collect(new)
    five = submission("ada", b"5", "2027-01-05 08:00:00 UTC")
    assert desk.submitted == five
    said = desk.collect(old)
    assert desk.submitted == five
    assert said["files"][0]["reason"] == "the one of 2027-01-05 08:00:00 UTC counts"
    contents = sorted(each for path, each in desk.kept.items() if path.endswith(".ipynb"))
    assert contents == [b"3", b"5"]


def test_canvas_counts_its_files(desk: Desk) -> None:
    desk.collect(desk.zip({"a_301_20_lab1-1.ipynb": b"new"}, "b.zip"), roster=lms.CANVAS)
    desk.collect(desk.zip({"a_301_10_lab1.ipynb": b"old"}, "a.zip"), roster=lms.CANVAS)
    assert desk.submitted == submission("ada", b"new", "")


def test_a_newer_download_wins_whatever_its_file_is_called(desk: Desk) -> None:
    folder = "Ada Lovelace_7001_assignsubmission_file_"
    for day, name in ((1, "lab1.ipynb"), (2, "final.ipynb")):
        place = desk.write("export.zip", zipped_on(day, {f"{folder}/{name}": name.encode()}))
        desk.collect(place)
    assert desk.submitted == submission("ada", b"final.ipynb", "")
    dated = lms.MOODLE.replace(
        "Saturday, 30 January 2027, 8:00 AM", "Friday, 5 March 2027, 8:00 AM"
    )
    place = desk.write("export.zip", zipped_on(3, {f"{folder}/last.ipynb": b"last"}))
    desk.collect(place, roster=dated)
    assert desk.submitted == submission("ada", b"last", "2027-03-05 08:00:00 UTC")


def zipped_on(day: int, files: dict[str, bytes]) -> bytes:
    when = dict.fromkeys(files, datetime(2027, 2, day, tzinfo=UTC))
    return lms.zipped(files, when=when)


def test_what_jupyter_leaves_beside_a_submission_is_nobodys(desk: Desk) -> None:
    desk.collect(desk.zip(attempt(3, b"3"), "3.zip"))
    desk.write("course/submitted/ada/lab1/.ipynb_checkpoints/lab1-checkpoint.ipynb", b"old")
    desk.collect(desk.zip(attempt(5, b"5"), "5.zip"))
    assert desk.submitted == submission("ada", b"5", "2027-01-05 08:00:00 UTC")


def test_what_is_kept_is_never_written_over(desk: Desk) -> None:
    desk.collect(desk.zip(attempt(3, b"3"), "3.zip"))
    (desk.folder / "course/collected/ada/lab1/attempts.json").unlink()
    desk.collect(desk.zip(attempt(5, b"5"), "5.zip"), code=None)
    assert {b"3", b"5"} <= set(desk.kept.values())


def test_a_mark_that_was_made_to_be_anothers_writes_nothing_over(desk: Desk) -> None:
    first, second = (b"%d" % number for number in (69_235, 95_303))  # found by trying
    marks = {hashlib.sha256(each).hexdigest()[:8] for each in (first, second)}
    assert len(marks) == 1
    file = "Lab 1_alovelace_attempt_2027-01-{}-08-00-00_lab1.ipynb"
    for day, content in ((30, first), (31, second), (31, second)):
        desk.collect(desk.zip({file.format(day): content}))
    kept = {n: each for n, each in desk.kept.items() if not n.endswith("attempts.json")}
    assert sorted(kept.values()) == sorted([first, second])


def test_of_one_submission_the_file_called_like_the_lab_counts(desk: Desk) -> None:
    place = desk.zip({"a_301_10_Copy of lab1 (2).ipynb": b"lab", "a_301_20_scratch.ipynb": b"no"})
    desk.collect(place, roster=lms.CANVAS)
    assert desk.submitted == submission("ada", b"lab", "")


def test_equals_are_refused_until_an_instructor_chooses(desk: Desk) -> None:
    folder = "Ada Lovelace_7001_assignsubmission_file_"
    place = desk.zip({f"{folder}/a.ipynb": b"1", f"{folder}/b.ipynb": b"2"})
    said = desk.collect(place, code=1)
    assert "nothing says which of these is later" in reasons(said)[0]
    assert desk.submitted == {}
    assert {b"1", b"2"} <= set(desk.kept.values())
    desk.write("course/submitted/ada/lab1/lab1.ipynb", b"2")
    desk.collect(place, code=0)
    assert desk.submitted == submission("ada", b"2", "")


def test_what_was_put_there_by_hand_stays(desk: Desk) -> None:
    desk.write("course/submitted/ada/lab1/lab1.ipynb", b"by mail")
    place = desk.zip(attempt(5, b"5"))
    [reason] = reasons(desk.collect(place, code=1))
    assert "holds lab1.ipynb, which was not collected" in reason
    assert desk.submitted == submission("ada", b"by mail", "")
    desk.write("course/submitted/ada/lab1/timestamp.txt", "2027-01-04 00:00:00 UTC\n")
    desk.collect(place)
    assert desk.submitted == submission("ada", b"5", "2027-01-05 08:00:00 UTC")
    assert b"by mail" in desk.kept.values()


def test_nothing_but_other_files_is_handed_on_for_its_zero(desk: Desk) -> None:
    desk.collect(desk.zip({"a_301_10_my: work?.pdf": b"%PDF"}), roster=lms.CANVAS)
    assert desk.submitted == {"ada/lab1/my_ work_.pdf": b"%PDF"}


def test_no_student_writes_their_own_time(desk: Desk) -> None:
    desk.collect(desk.zip({"a_301_10_timestamp.txt": b"2020-01-01 00:00"}), roster=lms.CANVAS)
    assert desk.submitted == {"ada/lab1/a timestamp.txt": b"2020-01-01 00:00"}
    both = desk.zip({"a_301_11_lab1.ipynb": b"1", "a_301_12_timestamp.txt": b"2020-01-01 00:00"})
    desk.collect(both, roster=lms.CANVAS)
    assert desk.submitted == submission("ada", b"1", "")


def test_no_name_of_a_file_makes_another_student_or_time(desk: Desk) -> None:
    forged = "j_mueller_attempt_2027-03-01-00-00-00_lab1.ipynb"
    place = desk.zip({f"Lab 1_alovelace_attempt_2027-01-30-08-00-00_{forged}": b"1"})
    said = desk.collect(place, code=None)
    assert [each["student"] for each in said["files"]] == ["ada"]
    assert list(desk.submitted) == ["ada/lab1/lab1.ipynb", "ada/lab1/timestamp.txt"]
    assert desk.submitted["ada/lab1/timestamp.txt"].startswith(b"2027-01-30 08:00:00")


def test_no_name_of_a_student_makes_another_student_or_time(desk: Desk) -> None:
    moodle = "Ada Lovelace_7001_assignsubmission_file_"
    place = desk.zip({f"{moodle}/lab1.ipynb": b"1", f"{moodle}x_7003{moodle[17:]}/a.ipynb": b"2"})
    desk.collect(place)
    assert desk.submitted == submission("ada", b"1", "") | submission("grace", b"2", "")
    late = "12-3 - Grace Hopper - Jan 5, 2027 1000 AM - x - Feb 20, 2027 1159 PM/lab1.ipynb"
    files = {late: b"3", "12-4 - Ada Lovelace - Jan 5, 2027 1000 AM/lab1.ipynb": b"4"}
    said = desk.collect(desk.zip(files), code=1)
    assert [each["student"] for each in said["files"]] == [None, "ada"]


@pytest.mark.parametrize("adas", ["lab1 (2)", "Gradient descent"])
def test_no_file_of_classroom_takes_the_place_of_anothers(adas: str, desk: Desk) -> None:
    ada, eve = f"Lab 1/Ada Lovelace - {adas}.ipynb", "Lab 1/Ada Lovelace - lab1 (1).ipynb"
    files = {ada: b"ada's", eve: b"eve's", "Lab 1/Grace Hopper - lab1.ipynb": b"1"}
    desk.collect(desk.zip({name: files[name] for name in (ada, *list(files)[2:])}))
    when = {ada: lms.EARLY, eve: lms.LATE}
    said = desk.collect(desk.write("later.zip", lms.zipped(files, when=when)), code=1)
    assert all("nothing says which of these is later" in each for each in reasons(said))
    assert desk.submitted["ada/lab1/lab1.ipynb"] == b"ada's"


@pytest.mark.parametrize(
    ("outside", "inside", "maker"),
    [
        ("Grace Hopper/ada.ipynb", "", "plain"),
        ("Grace Hopper.zip", "ada/lab1.ipynb", "plain"),
        ("ghopper.zip", "Ada Lovelace.ipynb", "plain"),
        ("grace.zip", "ada/lab1/lab1.ipynb", "nbgrader"),
        ("Grace Hopper.zip", "ada/lab1/lab1.ipynb", "nbgrader"),
    ],
)
def test_nothing_of_a_students_is_anothers_by_its_name(
    outside: str, inside: str, maker: str, desk: Desk
) -> None:
    forged = lms.zipped({inside: b"grace's"}) if inside else b"grace's"
    own = "ada/lab1/lab1.ipynb" if maker == "nbgrader" else "ada.ipynb"
    said = desk.collect(desk.zip({outside: forged, own: b"ada's"}), recogniser=maker, code=1)
    [reason] = reasons(said)
    assert "but the name is that of" in reason or "it fits several students" in reason
    assert desk.submitted == submission("ada", b"ada's", "")


@pytest.mark.parametrize("name", ["_hopper", "", "hopperग्रेस", "เกรซ", "_"])
@pytest.mark.parametrize("archived", [True, False])
def test_every_name_of_a_student_is_read_in_canvas(name: str, archived: bool, desk: Desk) -> None:
    ada = "lovelaceada_301_{}_lab1.ipynb"
    own = f"{name}_303_2_" + ("x.zip" if archived else "lab1.ipynb")
    content = lms.zipped({ada.format(3): b"grace's"}) if archived else b"grace's"
    place = desk.zip({ada.format(1): b"ada's", own: content, "j_302_5_lab1.ipynb": b"2"})
    desk.collect(place, roster=lms.CANVAS)
    wanted = submission("ada", b"ada's", "") | submission("grace", b"grace's", "")
    assert desk.submitted == wanted | submission("joerg", b"2", "")


@pytest.mark.parametrize("archived", [True, False])
def test_every_name_of_a_student_is_read_in_ilias(archived: bool, desk: Desk) -> None:
    ada = "Lovelace_Ada_alovelace_501/lab1.ipynb"
    own = "________ghopper_503/" + ("x.zip" if archived else "lab1.ipynb")
    content = lms.zipped({ada: b"grace's"}) if archived else b"grace's"
    files = {ada: b"ada's", own: content}
    place = desk.write("e.zip", lms.zipped(files, when=dict.fromkeys(files, lms.EARLY)))
    desk.collect(place, recogniser="ilias")
    wanted = submission("ada", b"ada's", EARLY) | submission("grace", b"grace's", EARLY)
    assert desk.submitted == wanted


@pytest.mark.parametrize("own", ["hopper_301", "hopper_301_99999999", "lovelaceada_301_9"])
def test_no_name_of_a_student_is_anothers_number_in_canvas(own: str, desk: Desk) -> None:
    files = {"lovelaceada_301_90001_a_1_2.ipynb": b"ada's", f"{own}_303_9_x.ipynb": b"grace's"}
    said = desk.collect(desk.zip(files), roster=lms.CANVAS, code=1)
    assert "it fits several students (ada, grace)" in reasons(said)[0]
    assert desk.submitted == submission("ada", b"ada's", "")


@pytest.mark.parametrize("own", ["hoppergrace", "hopper_303_9", "_303_9", "hopper_5_6_303_9"])
def test_no_name_of_a_student_hides_that_it_is_late_in_canvas(own: str, desk: Desk) -> None:
    place = desk.zip({f"{own}_LATE_303_90003_lab1.ipynb": b"1", "lovelaceada_301_1_x.ipynb": b"2"})
    said = desk.collect(place, roster=lms.CANVAS, code=1)
    assert said["late_without_time"] == ["grace"]


@pytest.mark.parametrize(
    ("own", "number", "taken"),
    [
        ("lovelaceada_303", "", ""),
        ("lovelaceada_301_99999999_303", "", ""),
        ("lovelaceada_303", "301", "ada's"),
    ],
)
def test_nobody_is_another_by_a_name_they_took(
    own: str, number: str, taken: str, desk: Desk
) -> None:
    roster = f"student_id,name,canvas id\nada,Ada Lovelace,{number}\ngrace,Grace Hopper,\n"
    files = {"lovelaceada_301_90001_lab1.ipynb": b"ada's", f"{own}_90009_lab1.ipynb": b"grace's"}
    said = desk.collect(desk.zip(files), roster=roster, code=1)
    assert all("more than one is called like ada there" in each for each in reasons(said))
    assert desk.submitted == (submission("ada", taken.encode(), "") if taken else {})


@pytest.mark.parametrize(
    ("maker", "top"),
    [("ilias", "Lab_1_WS_2027"), ("classroom", "Lab 1 - Descent")],
)
def test_a_folder_around_an_export_may_be_called_like_a_student(
    maker: str, top: str, desk: Desk
) -> None:
    students = {
        "ilias": ("Lovelace_Ada_alovelace_501/lab1.ipynb", "Hopper_Grace_ghopper_503/w.zip"),
        "classroom": ("Ada Lovelace - lab1.ipynb", "Grace Hopper - w.zip"),
    }
    own = lms.zipped({"Ada Lovelace - x/lab1.ipynb": b"grace's"})
    files = dict(zip(students[maker], (b"ada's", own), strict=True))
    for path, content in files.items():
        desk.write(f"in/{top}/{path}", content)
    said = desk.collect(desk.folder / "in")
    assert list(said["exports"].values()) == [maker]
    assert desk.submitted == submission("ada", b"ada's", "") | submission("grace", b"grace's", "")


def test_nobody_is_another_by_a_name_in_gradescope(desk: Desk) -> None:
    person = "submission_{0}:\n  :submitters:\n  - :name: Ada Lovelace\n    :email: {0}@x.org\n"
    said = "".join(
        f"{person.format(number)}  :created_at: 2027-01-3{number} 08:00:00 Z\n" for number in "01"
    )
    files = {f"e/submission_{number}/lab1.ipynb": b"%d" % number for number in range(2)}
    place = desk.zip({"e/submission_metadata.yml": said.encode(), **files})
    told = desk.collect(place, code=1, roster="student_id,name\nada,Ada Lovelace\n")
    assert all("more than one is called like ada there" in each for each in reasons(told))
    assert not desk.submitted


def test_no_student_puts_a_time_before_the_name_in_ilias(desk: Desk) -> None:
    late = "Mueller-Luedenscheidt_Joerg_j_mueller_502/20270130080000_lab1.ipynb"
    files = {"Lovelace_Ada_alovelace_501/lab1.ipynb": b"1", late: b"2"}
    place = desk.write("Lab_1_77.zip", lms.zipped(files, when=dict.fromkeys(files, lms.LATE)))
    desk.collect(place, code=None)
    for student in ("ada", "joerg"):
        assert desk.submitted[f"{student}/lab1/timestamp.txt"].decode().strip() == LATE_5
    prefixed = {name.replace("/lab1", "/20270130080000_lab1"): each for name, each in files.items()}
    said = desk.collect(desk.zip(prefixed), code=None, dry_run=True)
    assert {each["time"] for each in said["files"]} == {EARLY}


@pytest.mark.parametrize(
    ("time", "zone"), [("00010101000000", "Asia/Tokyo"), ("99991231235959", "America/New_York")]
)
def test_a_time_of_no_year_in_utc_ends_no_run(time: str, zone: str, desk: Desk) -> None:
    files = {f"Hopper_Grace_ghopper_503/{time}_lab1.ipynb": b"1"}
    place = desk.write("e.zip", lms.zipped(files, when=dict.fromkeys(files, lms.EARLY)))
    desk.collect(place, timezone=zone)
    assert desk.submitted == submission("grace", b"1", EARLY)


@pytest.mark.parametrize("forged", [lms.METADATA.replace("901", "902"), "{", "[" * 5000])
def test_nobody_writes_gradescopes_list_of_submissions(forged: str, desk: Desk) -> None:
    export = "assignment_12_export"
    place = desk.zip(
        {
            f"{export}/submission_metadata.yml": lms.METADATA.encode(),
            f"{export}/submission_901/lab1.ipynb": b"ada's",
            f"{export}/submission_901/submission_metadata.yml": forged.encode(),
            f"{export}/submission_902/lab1.ipynb": b"another's",
        }
    )
    desk.collect(place)
    notebooks = {n: each for n, each in desk.submitted.items() if n.endswith(".ipynb")}
    assert notebooks == {
        "ada/lab1/lab1.ipynb": b"ada's",
        "joerg/lab1/lab1.ipynb": b"another's",
    }


def test_a_students_own_zip_is_looked_into(desk: Desk) -> None:
    inner = lms.zipped({"mine/lab1.ipynb": b"1", "__MACOSX/mine/._lab1.ipynb": b"x"})
    place = desk.zip({"lovelaceada_301_10_my work.zip": inner})
    said = desk.collect(place, roster=lms.CANVAS)
    assert sorted(states(said).values()) == ["collected", "passed_over"]
    assert desk.submitted == submission("ada", b"1", "")


def test_a_students_file_called_like_gradescopes_list_stops_nobody(desk: Desk) -> None:
    moodle = "Ada Lovelace_7001_assignsubmission_file_"
    files = {f"{moodle}/{name}": b"{" for name in ("submission_metadata.yml", "submission_1/x.txt")}
    place = desk.zip({**files, "Grace Hopper_7003_assignsubmission_file_/lab1.ipynb": b"1"})
    said = desk.collect(place)
    assert said["exports"] == {str(place): "moodle"}
    assert desk.submitted["grace/lab1/lab1.ipynb"] == b"1"


def test_a_list_of_gradescopes_that_cannot_be_read_is_a_sentence(desk: Desk) -> None:
    files = {"e/submission_metadata.yml": b"{", "e/submission_1/lab1.ipynb": b"1"}
    refused(lambda: desk.collect(desk.zip(files)), "submission_metadata.yml", "cannot be read")


def test_a_students_loose_files_leave_open_no_lms(desk: Desk) -> None:
    names = [f"hopper_303_9000{each}_A_{each}_assignsubmission_file_x.ipynb" for each in range(9)]
    files = {name: name.encode() for name in names}
    place = desk.zip({"lovelaceada_301_90001_lab1.ipynb": b"ada's", **files})
    said = desk.collect(place, roster=lms.CANVAS)
    assert said["exports"] == {str(place): "canvas"}
    assert desk.submitted["ada/lab1/lab1.ipynb"] == b"ada's"


def test_folders_of_many_labs_are_nbgraders_and_keep_their_times(desk: Desk) -> None:
    (desk.settings.root / "source" / "lab3").mkdir()
    (desk.settings.root / "source" / "lab3" / "lab3.ipynb").write_text("{}")
    files = submission("ada", b"ada's", LATE)
    for lab in ("lab2", "lab3"):
        files |= {path.replace("lab1", lab): each for path, each in files.items()}
    said = desk.collect(desk.zip(files))
    assert list(said["exports"].values()) == ["nbgrader"]
    assert desk.submitted == submission("ada", b"ada's", LATE)


@pytest.mark.parametrize("labs", [("lab1",), ("lab1", "lab2")])
def test_folders_of_labs_with_students_in_them_are_no_nbgraders(
    labs: tuple[str, ...], desk: Desk
) -> None:
    for lab in labs:
        desk.write(f"in/sorted/{lab}/ada/{lab}.ipynb", b"ada's")
        desk.write(f"in/sorted/{lab}/grace/x/{lab}.ipynb", b"grace's")
    desk.collect(desk.folder / "in")
    assert desk.submitted == submission("ada", b"ada's", "") | submission("grace", b"grace's", "")


@pytest.mark.parametrize("top", ["", "submitted/"])
def test_nothing_within_another_lab_is_anybodys(top: str, desk: Desk) -> None:
    files = submission("ada", b"ada's", EARLY) | submission("joerg", b"1", EARLY)
    within = {f"grace/lab2/{path}": each for path, each in submission("ada", b"2", LATE).items()}
    files |= {"grace/lab2/lab2.ipynb": b"grace's"} | within
    desk.collect(desk.zip({top + path: content for path, content in files.items()}))
    assert desk.submitted == submission("ada", b"ada's", EARLY) | submission("joerg", b"1", EARLY)


@pytest.mark.parametrize("name", ["a_1_{}_x.ipynb", "submission_{}/x.ipynb", "12-3 - A - {}"])
def test_no_student_says_which_lms_it_was(name: str, desk: Desk) -> None:
    inner = lms.zipped({name.format(number): b"%d" % number for number in range(9)})
    moodle = "Ada Lovelace_7001_assignsubmission_file_/w.zip"
    place = desk.zip({moodle: inner, "Grace Hopper_7003_assignsubmission_file_/lab1.ipynb": b"1"})
    said = desk.collect(place, code=None)
    assert said["exports"] == {str(place): "moodle"}
    assert desk.submitted["grace/lab1/lab1.ipynb"] == b"1"


def test_a_count_of_thousands_of_digits_stops_nobody(desk: Desk) -> None:
    inner = lms.zipped({f"anon_x_{'9' * 5_000}_lab1.ipynb": b"2"})
    files = {"lovelaceada_301_10_w.zip": inner, "hoppergrace_303_11_lab1.ipynb": b"1"}
    said = desk.collect(desk.zip(files), roster=lms.CANVAS, code=1)
    assert len(reasons(said)) == 1
    assert desk.submitted["grace/lab1/lab1.ipynb"] == b"1"


@pytest.mark.parametrize("name", ["1-1 - " + "1" * 900, "a" * 900, "1-1 - a" + " - a" * 200])
def test_no_name_takes_long_to_read(name: str, desk: Desk) -> None:
    file = Arrived("export.zip", "/".join([name] * 3) + ".ipynb")
    start = process_time()
    for _ in range(20):
        for shape in SHAPES.values():
            read(shape, file.path, None)
    assert process_time() - start < 0.2


def test_no_copy_of_copies_is_compared_for_long() -> None:
    names = [f"{number}lab2" + "-1" * 115 + ".ipynb" for number in range(300)]
    attempts = [Attempt(name, name, "w.zip", name, "moodle") for name in names]
    start = process_time()
    assert latest(attempts, "lab1") is None
    assert process_time() - start < 0.5
    assert is_named_like("Copy of Copy of lab1 (1) (2)-1.ipynb", "lab1")


def test_nobody_is_looked_for_through_a_whole_class(desk: Desk) -> None:
    lines = "".join(
        f"s{each},Given{each} Family{each},s{each}@x.org,l{each},,,\n" for each in range(3000)
    )
    roster = read_roster(desk.write("class.csv", lms.ROSTER + lines))
    said = read(SHAPES["canvas"], "x_1_2" + "_3" * 300 + "_w.zip/a.ipynb", None)
    assert said is not None
    assert whose(said, roster)[0] == ""
    start = process_time()
    for number in range(500):
        whose(replace(said, name=f"somebody {number}"), roster)
        whose(Claim("plain", "x", students=("Grace Hopper", *map(str, range(30)))), roster)
    assert process_time() - start < 1


@pytest.mark.parametrize("ending", ["_1/x.ipynb", "a_attempt_2027-01-31-23-59-12_x.ipynb"])
def test_a_file_in_an_archive_has_no_hundreds_of_logins(ending: str) -> None:
    start = process_time()
    for shape in SHAPES.values():
        said = [read(shape, "w.zip/a_b" + "_" * 900 + ending, None) for _ in range(200)]
        assert all(len(each.logins) < 20 for each in said if each)
    assert process_time() - start < 0.5


@pytest.mark.parametrize("ending", ["ipynb", "txt"])
def test_thousands_of_files_of_one_student_take_little_time(ending: str, desk: Desk) -> None:
    place = desk.folder / "many.zip"
    with zipfile.ZipFile(place, "w") as archive:
        for number in range(5_000):
            minute, second = divmod(number, 30)
            when = (2027, 1, 1 + minute // 1_440, minute // 60 % 24, minute % 60, second * 2)
            name = f"Ada Lovelace_7001_assignsubmission_file_/{number}.{ending}"
            archive.writestr(zipfile.ZipInfo(name, when), str(number))
    start = process_time()
    said = desk.collect(place, dry_run=True)
    assert process_time() - start < 8
    last = states(said)[f"Ada Lovelace_7001_assignsubmission_file_/4999.{ending}"]
    assert last == "collected"


@pytest.mark.parametrize("name", ["-1" * 480, " (1)" * 240, "_" * 980, "_" * 980 + "x", "l_" * 480])
def test_no_name_is_looked_at_for_long(name: str, desk: Desk) -> None:
    """Nine kilobytes of such names took a minute, and there may be fifty times as many."""
    inner = lms.zipped({f"{number}{name}.ipynb": b"%d" % number for number in range(300)})
    place = desk.zip({"ada.zip": inner, "grace.ipynb": b"1"})
    start = process_time()
    desk.collect(place, code=None)
    assert process_time() - start < 3
    assert desk.submitted["grace/lab1/lab1.ipynb"] == b"1"


@pytest.mark.parametrize("words", [" a" * 480, "".join(f"/{place}" for place in range(255))])
def test_no_file_is_compared_with_a_class_for_long(words: str, desk: Desk) -> None:
    files = {f"{number}{words}.ipynb": b"%d" % number for number in range(1_000)}
    place = desk.zip({"Ada Lovelace.zip": lms.zipped(files), "grace.ipynb": b"1"})
    class_list = lms.ROSTER + "".join(f"s{each},A{each} B,,,,,\n" for each in range(300))
    start = process_time()
    desk.collect(place, code=None, roster=class_list)
    assert process_time() - start < 8
    assert desk.submitted["grace/lab1/lab1.ipynb"] == b"1"


@pytest.mark.parametrize("name", ["漢" * 100 + ".ipynb", "x." + "🙂漢" * 50, "é" * 200])
def test_no_name_is_too_long_for_a_disk(name: str, desk: Desk) -> None:
    files = {f"lovelaceada_301_10_{name}": b"1", "hoppergrace_303_11_lab1.ipynb": b"2"}
    desk.collect(desk.zip(files), roster=lms.CANVAS)
    assert b"1" in desk.submitted.values()
    assert desk.submitted["grace/lab1/lab1.ipynb"] == b"2"


def test_a_time_that_is_none_is_one_students_matter(desk: Desk) -> None:
    inner = lms.zipped({"w/lab1/a.ipynb": b"1", "w/lab1/timestamp.txt": b"soon"})
    place = desk.zip({"ada.zip": inner, "grace.ipynb": b"2"})
    desk.collect(place)
    assert desk.submitted == submission("ada", b"1", "") | submission("grace", b"2", "")
    folders = submission("ada", b"3", "soon") | submission("joerg", b"4", EARLY)
    [reason] = reasons(desk.collect(desk.zip(folders), code=1))
    assert "ada/lab1/timestamp.txt: 'soon' is no time" in reason
    assert desk.submitted["joerg/lab1/lab1.ipynb"] == b"4"


@pytest.mark.parametrize("name", ["timestamp.txt", "link"])
def test_what_lies_in_one_submission_stops_no_other(name: str, desk: Desk) -> None:
    there = desk.write("course/submitted/ada/lab1/timestamp.txt", "soon\n")
    if name == "link":
        there.unlink()
        (there.parent / name).symlink_to(desk.folder)
    files = {"lovelaceada_301_10_lab1.ipynb": b"1", "hoppergrace_303_11_lab1.ipynb": b"2"}
    [reason] = reasons(desk.collect(desk.zip(files), roster=lms.CANVAS, code=1))
    assert f"ada/lab1/{name}" in reason
    assert desk.submitted["grace/lab1/lab1.ipynb"] == b"2"
    assert b"1" in desk.kept.values()


def test_an_interrupted_run_is_finished_by_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = lms.brightspace(desk.folder)
    put = "course.store.Store.put"
    with monkeypatch.context() as patch:
        patch.setattr(put, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            desk.collect(place)
    assert desk.submitted == {}
    desk.collect(place)
    assert desk.submitted == submission("ada", lms.ADA, EARLY) | submission("joerg", lms.NEW, LATE)
    assert not [name for name in desk.kept if "/." in name]


def test_what_a_killed_run_had_unpacked_goes_with_the_next(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / f"{PREFIX}left"
    left.mkdir()
    (left / "tmp1").write_bytes(b"unpacked")
    os.utime(left, (0, 0))
    desk.collect(desk.zip({"lovelaceada_301_9_lab1.ipynb": b"1"}), roster=lms.CANVAS)
    assert list(tmp_path.glob(f"{PREFIX}*")) == []


def test_large_files_never_lie_in_memory_together(desk: Desk) -> None:
    size = 8 << 20
    ada = "Lab 1_alovelace_attempt_2027-01-31-08-00-00_"
    place = desk.zip({f"{ada}{n}.pdf": bytes([n]) * size for n in range(12)})
    tracemalloc.start()
    try:
        desk.collect(place)
        assert tracemalloc.get_traced_memory()[1] < 6 * size
    finally:
        tracemalloc.stop()
    assert len(desk.submitted) == 13
    assert {len(each) for each in desk.submitted.values()} == {size, 24}


def test_a_full_disk_is_a_sentence(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "collected/ada")

    monkeypatch.setattr("course.collect.carry_out.os.replace", full)
    refused(
        lambda: desk.collect(lms.moodle(desk.folder)), "collected/ada cannot be written", "room"
    )


def test_no_room_to_unpack_is_a_sentence(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "spool")

    monkeypatch.setattr("course.collect.plan.digest_of", full)
    refused(lambda: desk.collect(lms.moodle(desk.folder)), "spool cannot be used", "make room")
    assert desk.submitted == {}


def test_a_spoilt_list_of_attempts_is_a_sentence(desk: Desk) -> None:
    desk.write("course/collected/ada/lab1/attempts.json", b"[]")
    refused(lambda: desk.collect(lms.moodle(desk.folder)), "attempts.json cannot be read")


def test_a_person_reads_a_table(desk: Desk) -> None:
    roster = desk.write("class.csv", lms.CANVAS)
    names = ("lovelaceada_301_9_lab1.ipynb", "eve_5_6_\nx.ipynb", "\x1b[2Jevil_5_6_x.ipynb")
    place = desk.zip({name: name.encode() for name in names})
    assert collect(desk.settings, lms.LAB, [place], roster=roster, dry_run=True) == 1
    text = desk.capsys.readouterr().out
    assert "\x1b[2J" not in text
    assert f"{place}: Canvas" in text
    assert "3 students, whose ids are the column 'SIS Login ID'" in text
    assert "3 files: 1 collected, 2 not taken (nothing is written yet)" in text
    assert "2 handed in nothing: joerg, grace" in text
    assert "1 came without the time when they were handed in" in text


def test_an_archive_of_many_files_hides_nobody_elses_lines(desk: Desk) -> None:
    many = lms.zipped({f"{number}.bin": b"x" for number in range(500)})
    place = desk.zip({"ada.zip": many, "grace.ipynb": b"2"} | {f"x{n}.txt": b"" for n in range(30)})
    collect(desk.settings, lms.LAB, [place], recogniser="plain", dry_run=True)
    text = desk.capsys.readouterr().out
    assert len(text.splitlines()) < 150
    assert re.search(r"^ada.zip/… .*: 480 files more", text, re.MULTILINE)
    assert all(f"x{number}.txt" in text for number in range(30))


def test_a_table_of_thousands_of_files_takes_little_time(desk: Desk) -> None:
    """Who is late was looked for in all of them, for each."""
    place = desk.zip({f"lovelaceada_301_{n}_w.txt": b"%d" % n for n in range(8_000)})
    planner = Planner(desk.settings, lms.LAB, read_roster(desk.write("c.csv", lms.CANVAS)))
    (desk.folder / "spool").mkdir()
    plan = planner.plan([place], desk.folder / "spool")
    start = process_time()
    assert table(plan).row_count == 8_000
    assert process_time() - start < 2


def test_a_file_that_is_a_link_is_not_followed(desk: Desk) -> None:
    secret = desk.write("secret.ipynb", b"the solution")
    folder = desk.write("in/bob.ipynb", b"1").parent
    (folder / "ada.ipynb").symlink_to(secret)
    (folder / "grace").symlink_to(desk.folder)
    os.mkfifo(folder / "pipe.ipynb")
    said = desk.collect(folder, roster=None, code=1)
    assert sorted(reasons(said)) == [
        "it is a link, which is not followed",
        "it is a link, which is not followed",
        "it is no ordinary file",
    ]
    assert b"the solution" not in desk.submitted.values()


def test_times_are_read_as_written() -> None:
    from course.times import parse_time

    for text in ("2027-01-31T23:59:00Z", "2027-01-31 23:59 UTC", "2027-02-01 00:59:00 +0100",
                 "2027-02-01 00:59 Europe/Berlin", "Sunday, 31 January 2027, 11:59 PM",
                 "Sunday, January 31, 2027, 11:59 PM"):  # fmt: skip
        assert parse_time(text, UTC, "here") == datetime(2027, 1, 31, 23, 59, tzinfo=UTC), text
    for text in ("31/01/2027 23:59", "2027-01-31 23:59 +2460", "2027-01-31 23:59 +9900",
                 "0001-01-01 00:00 +0100", "9999-12-31 23:59 -0100"):  # fmt: skip
        refused(lambda text=text: parse_time(text, UTC, "here"), "here", "no time")  # type: ignore[misc]


# --- whatever the names --------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        *("ada", "Ada Lovelace", "lovelaceada", "301", "_LATE", "_302_90001_", "lab1", "Copy of "),
        *(
            ".ipynb",
            ".pdf",
            ".zip",
            "/",
            " - ",
            "_7001_assignsubmission_file_/",
            "lab2/",
            "é",
            "李",
        ),
        *("Lab 1_ada_attempt_2027-01-31-12-00-00_", "submission_901/", "1-2 - ", "'", '"', ","),
        *("Jan 30, 2027 800 AM", "Lovelace_Ada_ada_5/", "timestamp.txt", "index.html", "__MACOSX/"),
    ]
)
PATHS = st.lists(
    st.lists(WORDS | st.text(max_size=6), min_size=1, max_size=6).map("".join),
    min_size=1,
    max_size=6,
    unique=True,
)


def usable(path: str) -> bool:
    """Whether a zip can hold a file of this name next to all the others."""
    return bool(path) and "\0" not in path and not path.endswith("/") and path.isprintable()


@given(PATHS, st.sampled_from(["", *SHAPES, "nbgrader", "plain"]), st.booleans())
@settings(max_examples=120, deadline=None)
def test_every_file_is_listed_exactly_once(paths: list[str], maker: str, has_roster: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = [path for path in paths if usable(path)]
        place = folder / "export.zip"
        place.write_bytes(lms.zipped({path: path.encode() for path in paths}))
        (folder / "class.csv").write_text(lms.ROSTER)
        (folder / "spool").mkdir()
        roster = read_roster(folder / "class.csv") if has_roster else None
        planner = Planner(
            Settings(root=folder), "lab1", roster, False, UTC, maker, ("lab1", "lab2")
        )
        refusal = ""
        try:
            plan = planner.plan([place], folder / "spool")
        except ConfigurationError as error:
            refusal = str(error)
        if refusal:
            assert not paths or "at once" in refusal or "no time" in refusal
            return
        assert len(plan.items) == len(paths)
        for item in plan.items:
            assert item.reason or item.state in (State.COLLECTED, State.UNCHANGED)
            assert (item.state is State.REFUSED) <= bool(item.reason)
        collected = [item for item in plan.items if item.state is State.COLLECTED]
        students = [item.student for item in collected if item.file.path.endswith(".ipynb")]
        assert len(students) == len(set(students))


@given(st.text(max_size=40), st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_reading_names_never_fails(name: str, file: str) -> None:
    for shape in SHAPES.values():
        for path in (f"{name}/{file}", shape.example.replace("Ada", name).replace("lab1", file)):
            read(shape, path, None)
    assert is_named_like(f"Copy of {name} (1).ipynb", name)
    assert safe_name(file).strip(" .")
    assert not set(safe_name(file)) & set('/\\:*?"<>|\0\n')
