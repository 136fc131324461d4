"""Many files, long names and large classes: collecting takes neither minutes nor memory."""

from __future__ import annotations

import re
import tracemalloc
import zipfile
from dataclasses import replace
from time import process_time

import lms
import pytest
from desks import Desk, open_desk, states

from course.collect.attempts import Attempt, latest
from course.collect.claims import Claim
from course.collect.command import collect
from course.collect.intake import Arrived, text_of
from course.collect.people import whose
from course.collect.plain import is_named_like
from course.collect.plan import Planner
from course.collect.shapes import SHAPES, read
from course.collect.show import table
from course.roster import read_roster

desk = pytest.fixture(open_desk)


@pytest.mark.parametrize("name", ["1-1 - " + "1" * 900, "a" * 900, "1-1 - a" + " - a" * 200])
def test_no_name_takes_long_to_read(name: str, desk: Desk) -> None:
    file = Arrived("export.zip", "/".join([name] * 3) + ".ipynb")
    start = process_time()
    for _ in range(20):
        for shape in SHAPES.values():
            read(shape, file.path, None)
    assert process_time() - start < 0.2


def test_no_name_of_many_accents_is_put_in_order() -> None:
    """Each entry of an archive may have one, and it takes a second and a half."""
    name = "a" + "\u0301" * 16_000 + "\u0316" * 16_000
    start = process_time()
    assert text_of(name) == name
    assert process_time() - start < 0.5
    assert text_of("Zoe\u0308/lab1/e\u0301.ipynb") == "Zo\u00eb/lab1/\u00e9.ipynb"


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
