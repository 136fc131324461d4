"""Whatever an LMS exports becomes one submission per student; nothing is guessed or dropped."""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import lms
import pytest
from desks import EARLY, LATE, LATE_5, Desk, open_desk, reasons, states, submission
from tiny import refused

from course.collect.command import PREFIX, collect
from course.collect.plain import is_named_like
from course.collect.recognise import TITLES
from course.collect.shapes import SHAPES, read
from course.gradebook import parse_timestamp
from course.lms_commands import MAKERS

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


# --- who it is ------------------------------------------------------------------------------------


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


# --- several attempts -----------------------------------------------------------------------------


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


# --- what goes wrong ------------------------------------------------------------------------------


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


def test_times_are_read_as_written() -> None:
    from course.times import parse_time

    for text in ("2027-01-31T23:59:00Z", "2027-01-31 23:59 UTC", "2027-02-01 00:59:00 +0100",
                 "2027-02-01 00:59 Europe/Berlin", "Sunday, 31 January 2027, 11:59 PM",
                 "Sunday, January 31, 2027, 11:59 PM"):  # fmt: skip
        assert parse_time(text, UTC, "here") == datetime(2027, 1, 31, 23, 59, tzinfo=UTC), text
    for text in ("31/01/2027 23:59", "2027-01-31 23:59 +2460", "2027-01-31 23:59 +9900",
                 "0001-01-01 00:00 +0100", "9999-12-31 23:59 -0100"):  # fmt: skip
        refused(lambda text=text: parse_time(text, UTC, "here"), "here", "no time")  # type: ignore[misc]
