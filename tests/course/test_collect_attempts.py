"""Of several attempts one counts, and whatever goes wrong loses none."""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import lms
import pytest
from desks import EARLY, LATE, Desk, open_desk, reasons, submission
from tiny import refused

from course.collect.command import PREFIX, collect

desk = pytest.fixture(open_desk)


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
