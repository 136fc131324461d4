"""Archives that strangers made: nothing leaves the spool, and each entry is taken or says why."""

from __future__ import annotations

import io
import os
import stat
import struct
import subprocess
import tarfile
import zipfile
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

import lms
import pytest
from spools import SMALL, Take, open_spool, problems, taken, tarred

from course.collect.arrived import arrived
from course.collect.attempts import safe_name

take = pytest.fixture(open_spool)


def entry(name: str, mode: int = 0, content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("placeholder")
        info.filename, info.external_attr = name, mode << 16
        archive.writestr(info, content)
        archive.writestr("good.ipynb", b"good")
    return out.getvalue()


@pytest.mark.parametrize(
    "name",
    ["../evil.ipynb", "a/../../evil", "/etc/evil", "C:evil", "C:\\evil", "..\\evil", "\\\\host\\x"],
)
def test_names_that_lead_out_are_refused(name: str, take: Take) -> None:
    found = take("x.zip", entry(name))
    assert list(problems(found).values()) == ["its name leads out of the archive"]
    assert taken(found) == {"good.ipynb": b"good"}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK])
def test_links_and_devices_in_a_zip_are_refused(kind: int, take: Take) -> None:
    found = take("x.zip", entry("evil.ipynb", kind | 0o777, b"/etc/passwd"))
    problem = "a link, which is not followed" if kind == stat.S_IFLNK else "no ordinary file"
    assert problems(found) == {"evil.ipynb": f"it is {problem}"}
    assert taken(found) == {"good.ipynb": b"good"}


def test_a_tar_gives_its_files_and_nothing_else(take: Take) -> None:
    content = tarred(
        ("ada/lab1.ipynb", tarfile.REGTYPE, b"1"),
        ("link.ipynb", tarfile.SYMTYPE, b"/etc/passwd"),
        ("hard.ipynb", tarfile.LNKTYPE, b"ada/lab1.ipynb"),
        ("device.ipynb", tarfile.CHRTYPE, b""),
        ("../evil.ipynb", tarfile.REGTYPE, b"2"),
        ("/abs.ipynb", tarfile.REGTYPE, b"3"),
    )
    found = take("x.tar.gz", content)
    assert taken(found) == {"ada/lab1.ipynb": b"1"}
    assert len(problems(found)) == 5
    assert found[0].changed is not None
    assert found[0].changed.timestamp() == 1_800_000_000


def test_a_content_that_unpacks_without_measure_is_refused(take: Take) -> None:
    found = take("x.zip", lms.zipped({"bomb.ipynb": bytes(500_000), "good.ipynb": b"good"}))
    assert problems(found) == {"bomb.ipynb": "it unpacks to more than 20 times its size"}
    assert taken(found) == {"good.ipynb": b"good"}
    [good] = [file.content for file in found if file.content]
    assert list(good.parent.iterdir()) == [good]


def test_a_file_that_lies_about_its_size_is_refused(take: Take) -> None:
    data = bytearray(lms.zipped({"a.ipynb": os.urandom(2000), "good.ipynb": b"good"}))
    for place in (data.find(b"PK\3\4") + 22, data.find(b"PK\1\2") + 24):
        data[place : place + 4] = (10).to_bytes(4, "little")
    found = take("x.zip", bytes(data))
    assert "a.ipynb" in problems(found) or taken(found)["a.ipynb"] != b""
    assert taken(found)["good.ipynb"] == b"good"


def test_what_is_too_large_is_refused(take: Take) -> None:
    found = take("x.zip", lms.zipped({"a.ipynb": os.urandom(1_100_000), "good.ipynb": b"good"}))
    assert problems(found) == {"a.ipynb": "it is larger than 1 MB"}
    assert taken(found) == {"good.ipynb": b"good"}


def test_everything_together_is_bounded(take: Take) -> None:
    noise = {f"{number}.ipynb": os.urandom(900_000) for number in range(5)}
    found = take("x.zip", lms.zipped(noise))
    assert len(taken(found)) == 3
    assert "everything together is larger than 3 MB; what follows" in found[-1].problem


def test_the_number_of_files_is_bounded(take: Take) -> None:
    found = take("x.zip", lms.zipped({f"{number}.ipynb": b"1" for number in range(30)}))
    assert len(taken(found)) == 20
    assert "more than 20 files" in found[-1].problem


def test_archives_in_archives_are_opened_to_a_depth(take: Take) -> None:
    content = lms.zipped({"lab1.ipynb": b"1"})
    for _ in range(3):
        content = lms.zipped({"in.zip": content, "beside.ipynb": b"2"})
    found = take("x.zip", content)
    assert len(taken(found)) == 3
    assert "4 archives deep" in problems(found)["in.zip/in.zip/in.zip"]


def test_a_tar_bomb_is_left_at_once(take: Take) -> None:
    content = tarred(("huge.ipynb", tarfile.REGTYPE, bytes(3 << 20)), mode="w:xz")
    [one] = take("x.tar.xz", content)
    assert "huge.ipynb in it is larger than 1 MB; what follows in it was not read" in one.problem


def test_a_file_that_looks_like_a_list_has_nobody_refused(take: Take) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("eve.ipynb", b"PK\x01\x02" * 1_000)
        archive.writestr("ada.ipynb", b"{}")
        archive.comment = b"of the class"
    assert set(taken(take("x.zip", out.getvalue()))) == {"eve.ipynb", "ada.ipynb"}


def test_a_zips_list_is_bounded(take: Take) -> None:
    line = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, *[0] * 7, 1, *[0] * 6) + b"d"
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 41, 41, 41 * len(line), 0, 0)
    [one] = take("x.zip", line * 41 + end)
    assert "more than 20 files" in one.problem


@pytest.mark.parametrize("top", ["", "submitted"])
def test_nobodys_folder_takes_the_room_of_others(top: str, tmp_path: Path) -> None:
    for student, count in (("ada", 1), ("grace", 40), ("joerg", 1)):
        for number in range(count):
            place = tmp_path / "in" / top / student / "lab1" / f"d{number}" / "lab1.ipynb"
            place.parent.mkdir(parents=True)
            place.write_bytes(b"%d" % number)
    (tmp_path / "spool").mkdir()
    found = list(arrived(tmp_path / "in", tmp_path / "spool", SMALL))
    read = [path.removeprefix("submitted/").split("/")[0] for path in taken(found)]
    assert {"ada", "joerg", "grace"} == set(read)
    assert len(problems(found)) == 1


def test_a_folder_of_a_thousand_levels_ends_no_run(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "spool").mkdir()
    (tmp_path / "in" / "joerg.ipynb").write_bytes(b"1")
    with chdir(tmp_path / "in"):
        for _ in range(1_500):
            Path("a").mkdir()
            os.chdir("a")
    try:
        assert len(list(arrived(tmp_path / "in", tmp_path / "spool"))) == 1
    finally:  # pytest's own clearing away would recurse
        subprocess.run(["rm", "-rf", str(tmp_path / "in")], check=True)


def test_nobodys_archive_takes_the_room_of_others(take: Take) -> None:
    full = lms.zipped({f"{number}.ipynb": b"1" for number in range(30)})
    found = take("x.zip", lms.zipped({"eve.zip": full, "zoe.ipynb": b"mine"}))
    assert taken(found)["zoe.ipynb"] == b"mine"
    assert "files" in problems(found)["eve.zip"]


@pytest.mark.parametrize("kind", ["files", "bytes"])
def test_no_number_of_archives_takes_the_room_of_others(kind: str, take: Take) -> None:
    """Each took half of what was left, so that after sixteen of them there was nothing."""
    many = {f"{n}.ipynb": b"1" if kind == "files" else bytes(200_000) for n in range(9)}
    full = tarred(*((name, tarfile.REGTYPE, each) for name, each in many.items()), mode="w:xz")
    files = {f"eve{number}.tar.xz": full for number in range(8)}
    files["yves.zip"] = lms.zipped({"lab1.ipynb": os.urandom(9_000)})
    caps = replace(SMALL, ratio=1 << 20)
    found = take("x.zip", lms.zipped({**files, "zoe.ipynb": b"mine"}), caps)
    assert {"zoe.ipynb", "yves.zip/lab1.ipynb"} <= taken(found).keys()
    assert sum(path.startswith("eve") for path in problems(found)) > 4


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.zip", b""),
        ("x.zip", b"no zip at all"),
        ("x.zip", lms.zipped({"lab1.ipynb": b"1" * 100})[:-30]),
        ("x.zip", lms.zipped({"lab1.ipynb": os.urandom(5000)})[:300]),
        ("x.tar.gz", tarred(("lab1.ipynb", tarfile.REGTYPE, os.urandom(5000)))[:900]),
        ("x.tar", b"\0" * 100),
        ("x.tgz", b"\x1f\x8b"),
    ],
)
def test_damaged_archives_are_listed(name: str, content: bytes, take: Take) -> None:
    found = take(name, content)
    assert problems(found)
    assert not taken(found)


def test_a_wrong_checksum_is_refused_and_the_others_taken(take: Take) -> None:
    data = bytearray(lms.zipped({"a.ipynb": os.urandom(3000), "good.ipynb": b"good"}))
    data[100] ^= 0xFF
    found = take("x.zip", bytes(data))
    assert problems(found) == {"a.ipynb": "it cannot be unpacked (BadZipFile)"}
    assert taken(found) == {"good.ipynb": b"good"}


def test_an_encrypted_entry_is_refused(take: Take) -> None:
    data = bytearray(lms.zipped({"lab1.ipynb": b"1"}))
    data[data.find(b"PK\1\2") + 8] |= 1
    data[6] |= 1
    assert problems(take("x.zip", bytes(data))) == {"lab1.ipynb": "it is encrypted"}


def test_twins_and_near_twins_are_all_listed(take: Take) -> None:
    names = {"a.ipynb": b"1", "b.ipynb": b"2", "A.ipynb": b"3"}
    found = take("x.zip", lms.zipped(names).replace(b"b.ipynb", b"a.ipynb"))
    contents = [(file.path, file.content.read_bytes()) for file in found if file.content]
    assert contents == [("a.ipynb", b"1"), ("a.ipynb", b"2"), ("A.ipynb", b"3")]


@pytest.mark.parametrize(
    ("raw", "utf8", "read"),
    [
        ("Jörg.ipynb".encode(), True, "Jörg.ipynb"),
        ("Jo\u0308rg.ipynb".encode(), True, "Jörg.ipynb"),
        ("Jörg.ipynb".encode(), False, "Jörg.ipynb"),  # UTF-8 that does not say so
        ("Jörg.ipynb".encode("cp437"), False, "Jörg.ipynb"),
        (b"a\nb\x07.ipynb", False, "a\nb\x07.ipynb"),
    ],
)
def test_names_in_odd_encodings_are_read(raw: bytes, utf8: bool, read: str, take: Take) -> None:
    name = "n" * len(raw)
    data = lms.zipped({name: b"1"}).replace(name.encode(), raw)
    if utf8:
        place = data.find(b"PK\1\2") + 8
        data = data[:7] + b"\x08" + data[8 : place + 1] + b"\x08" + data[place + 2 :]
    assert taken(take("x.zip", data)) == {read: b"1"}


def test_a_name_with_a_null_is_refused(take: Take) -> None:
    data = lms.zipped({"lab1.ipynbXevil": b"1"}).replace(b"lab1.ipynbX", b"lab1.ipynb\0")
    [problem] = problems(take("x.zip", data)).values()
    assert problem in ("its name cannot be used", "it cannot be unpacked (BadZipFile)")


@pytest.mark.parametrize("name", ["work.7z", "work.rar", "lab1.ipynb.gz"])
def test_other_archives_are_not_opened(name: str, take: Take) -> None:
    assert problems(take("x.zip", lms.zipped({name: b"1"}))) == {
        name: "this kind of archive is not opened: unpack it yourself"
    }


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("lab1.ipynb", "lab1.ipynb"),
        ("../a/b\\c:*?.ipynb", "_a_b_c___.ipynb"),
        ("\x00\n\x1b.ipynb", "___.ipynb"),
        (".hidden", "hidden"),
        ("", "file"),
        ("x" * 500 + ".ipynb", "x" * 80 + ".ipynb"),
    ],
)
def test_safe_names(name: str, safe: str) -> None:
    assert safe_name(name) == safe
