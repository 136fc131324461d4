"""Whatever students call themselves or their files: nobody is another, or comes at another time."""

from __future__ import annotations

import os

import lms
import pytest
from desks import EARLY, LATE, LATE_5, Desk, open_desk, reasons, states, submission
from tiny import refused

desk = pytest.fixture(open_desk)


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
