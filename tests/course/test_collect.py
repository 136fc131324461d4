"""Whatever an LMS exports becomes one submission per student; nothing is guessed or dropped."""

from __future__ import annotations

from datetime import datetime

import lms
import pytest
from desks import EARLY, LATE, LATE_5, Desk, open_desk, reasons, states, submission
from tiny import refused

from course.collect.command import collect
from course.collect.shapes import SHAPES, read
from course.gradebook import parse_timestamp

desk = pytest.fixture(open_desk)


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


# --- which export it is ---------------------------------------------------------------------------


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
