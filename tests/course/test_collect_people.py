"""Whose a submission is: by the class list, by a number, and never by a guess."""

from __future__ import annotations

import lms
import pytest
from desks import EARLY, Desk, open_desk, reasons, submission

from course.collect.plain import is_named_like
from course.collect.recognise import TITLES
from course.lms_commands import MAKERS

desk = pytest.fixture(open_desk)


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
