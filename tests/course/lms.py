"""Exports in the shape of each LMS, made by code: a class of three, and who handed in what.

Ada hands in once, Jörg Müller-Lüdenscheidt twice (where the LMS exports every attempt) and late,
Grace not at all. `EXPORTS[name](folder)` writes the export and returns where it lies.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

LAB = "lab1"
ADA, OLD, NEW = b'{"ada": 1}', b'{"joerg": "old"}', b'{"joerg": "new"}'
EARLY, FIRST, LATE = (
    datetime(2027, 1, 30, 8, 0, tzinfo=UTC),
    datetime(2027, 1, 31, 12, 0, tzinfo=UTC),
    datetime(2027, 2, 3, 22, 30, 5, tzinfo=UTC),
)

ROSTER = """\
student_id,name,email,login,OrgDefinedId,Identifier,sid
ada,Ada Lovelace,ada@example.org,alovelace,N0000001,Participant 7001,0011
joerg,Jörg Müller-Lüdenscheidt,joerg@example.org,j_mueller,N0000002,7002,0012
grace,Grace Hopper,grace@example.org,ghopper,N0000003,7003,0013
"""
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Lab 1 (4711),Current Score
    Points Possible,,,,,15,(read only)
"Lovelace, Ada",301,S1,ada,Monday,,
"Müller-Lüdenscheidt, Jörg",302,S2,joerg,Monday,,
"Hopper, Grace",303,S3,grace,Tuesday,,
"Student, Test",304,,0a1b2c,Monday,,
"""
MOODLE = """\
Identifier,Full name,ID number,Email address,Status,Grade,Maximum Grade,Grade can be changed,\
Last modified (submission),Last modified (grade),Feedback comments
Participant 7001,Ada Lovelace,ada,ada@example.org,Submitted for grading,,15.00,Yes,\
"Saturday, 30 January 2027, 8:00 AM",-,
Participant 7002,Jörg Müller-Lüdenscheidt,joerg,joerg@example.org,Submitted for grading,,15.00,Yes,\
"Wednesday, 3 February 2027, 10:30 PM",-,
Participant 7003,Grace Hopper,grace,grace@example.org,No submission,,15.00,Yes,-,-,
"""


def zipped(files: Mapping[str, bytes], *, when: Mapping[str, datetime] | None = None) -> bytes:
    """A zip; `when` gives entries a time in UTC, as Info-ZIP writes it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (2027, 2, 5, 9, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            if when and name in when:
                seconds = int(when[name].timestamp())
                info.extra = struct.pack("<HHBI", 0x5455, 5, 1, seconds)
            archive.writestr(info, content)
    return out.getvalue()


def canvas(folder: Path) -> Path:
    """One flat zip; the latest submission alone, its files numbered; marked when late."""
    return _written(
        folder / "submissions.zip",
        zipped(
            {
                "lovelaceada_301_90001_Copy of lab1.ipynb": ADA,
                "müllerlüdenscheidtjörg_LATE_302_90002_lab1-1.ipynb": NEW,
                "müllerlüdenscheidtjörg_LATE_302_90003_notes.pdf": b"%PDF",
            }
        ),
    )


def moodle(folder: Path) -> Path:
    """A folder for each participant, named by name and number."""
    return _written(
        folder / "COURSE-Lab 1-1234.zip",
        zipped(
            {
                "Ada Lovelace_7001_assignsubmission_file_/lab1.ipynb": ADA,
                "Jörg Müller-Lüdenscheidt_7002_assignsubmission_file_/lab1 (1).ipynb": NEW,
                "Jörg Müller-Lüdenscheidt_7002_assignsubmission_onlinetext_/onlinetext.html": b"hi",
            }
        ),
    )


def moodle_flat(folder: Path) -> Path:
    """The same with "download submissions in folders" switched off."""
    return _written(
        folder / "flat.zip",
        zipped(
            {
                "Ada Lovelace_7001_assignsubmission_file_lab1.ipynb": ADA,
                "Jörg Müller-Lüdenscheidt_7002_assignsubmission_file_my lab_1.ipynb": NEW,
            }
        ),
    )


def brightspace(folder: Path) -> Path:
    """A folder for each attempt, with the local time; a page of its own beside them."""
    return _written(
        folder / "Lab 1 Download Feb 5, 2027 900 AM.zip",
        zipped(
            {
                "index.html": b"<html>",
                "123-456 - Ada Lovelace - Jan 30, 2027 800 AM/lab1.ipynb": ADA,
                "124-456 - Jörg Müller-Lüdenscheidt - Jan 31, 2027 1200 PM/lab1.ipynb": OLD,
                "124-456 - Jörg Müller-Lüdenscheidt - Feb 3, 2027 1030 PM/lab1.ipynb": NEW,
            }
        ),
    )


def brightspace_flat(folder: Path) -> Path:
    """An older form: no folders, and the student's number in the name."""
    joerg = "124-456 - N0000002 - Jörg Müller-Lüdenscheidt"
    return _written(
        folder / "flat.zip",
        zipped(
            {
                "123-456 - N0000001 - Ada Lovelace- Jan 30, 2027 800 AM - lab1.ipynb": ADA,
                f"{joerg}- Jan 31, 2027 1200 PM - a.ipynb": OLD,
                f"{joerg}- Feb 3, 2027 1030 PM - a.ipynb": NEW,
            }
        ),
    )


def blackboard(folder: Path) -> Path:
    """Everything flat, with a text of Blackboard's own for each attempt."""
    receipt = b"Name: A student\nAssignment: Lab 1\nDate Submitted: Sunday\n"
    return _written(
        folder / "gradebook_ML101_Lab201_2027-02-05-09-00-00.zip",
        zipped(
            {
                "Lab 1_alovelace_attempt_2027-01-30-08-00-00.txt": receipt,
                "Lab 1_alovelace_attempt_2027-01-30-08-00-00_lab1.ipynb": ADA,
                "Lab 1_j_mueller_attempt_2027-01-31-12-00-00.txt": receipt,
                "Lab 1_j_mueller_attempt_2027-01-31-12-00-00_lab1.ipynb": OLD,
                "Lab 1_j_mueller_attempt_2027-02-03-22-30-05.txt": receipt,
                "Lab 1_j_mueller_attempt_2027-02-03-22-30-05_lab1.ipynb": NEW,
            }
        ),
    )


METADATA = """\
---
submission_901:
  :submitters:
  - :name: Ada Lovelace
    :sid: '0011'
    :email: ada@example.org
  :created_at: 2027-01-30 08:00:00.000000000 Z
  :score:
  :status: unprocessed
  :history: []
submission_902:
  :submitters:
  - :name: "Jörg Müller-Lüdenscheidt"
    :sid: '0012'
    :email: joerg@example.org
  :created_at: 2027-02-03 14:30:05.123456789 -08:00
  :score:
  :status: unprocessed
  :history: []
"""


def gradescope(folder: Path) -> Path:
    """A folder for each submission; who that is stands in a file of metadata."""
    return _written(
        folder / "assignment_12_export.zip",
        zipped(
            {
                "assignment_12_export/submission_metadata.yml": METADATA.encode(),
                "assignment_12_export/submission_901/lab1.ipynb": ADA,
                "assignment_12_export/submission_902/lab1.ipynb": NEW,
            }
        ),
    )


def ilias(folder: Path) -> Path:
    """A folder for each student; the time of an upload is the entry's."""
    ada = "Lovelace_Ada_alovelace_501/lab1.ipynb"
    old = "Mueller-Luedenscheidt_Joerg_j_mueller_502/lab1.ipynb"
    new = "Mueller-Luedenscheidt_Joerg_j_mueller_502/Late Submission - lab1 (2).ipynb"
    files = {ada: ADA, old: OLD, new: NEW}
    when = {ada: EARLY, old: FIRST, new: LATE}
    return _written(folder / "Lab_1_77.zip", zipped(files, when=when))


def classroom(folder: Path) -> Path:
    """The Drive folder of an assignment, downloaded as a zip."""
    return _written(
        folder / "Lab 1-20270205T090000Z-001.zip",
        zipped(
            {
                "Lab 1/Ada Lovelace - lab1.ipynb": ADA,
                "Lab 1/Jörg Müller-Lüdenscheidt - Copy of lab1.ipynb": NEW,
            }
        ),
    )


def nbgrader(folder: Path) -> Path:
    """nbgrader's own folders, unpacked."""
    top = folder / "submitted"
    _written(top / "ada" / LAB / "lab1.ipynb", ADA)
    _written(top / "ada" / LAB / "timestamp.txt", b"2027-01-30 08:00:00.000000 UTC\n")
    _written(top / "joerg" / LAB / "Copy of lab1.ipynb", NEW)
    _written(top / "joerg" / LAB / "timestamp.txt", b"2027-02-03 23:30:05 +0100")
    _written(top / "joerg" / "lab2" / "lab2.ipynb", OLD)
    return top


def plain(folder: Path) -> Path:
    """Files and folders that somebody named after students."""
    top = folder / "from mails"
    _written(top / "ada.ipynb", ADA)
    _written(top / "Jörg Müller-Lüdenscheidt" / "my solution.ipynb", NEW)
    return top


def _written(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


EXPORTS: Mapping[str, Callable[[Path], Path]] = {
    "canvas": canvas,
    "moodle": moodle,
    "moodle_flat": moodle_flat,
    "brightspace": brightspace,
    "brightspace_flat": brightspace_flat,
    "blackboard": blackboard,
    "gradescope": gradescope,
    "ilias": ilias,
    "classroom": classroom,
    "nbgrader": nbgrader,
    "plain": plain,
}
