"""Plain nbgrader with our configuration: the same marks, and nobody is passed over."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradebooks import ANSWER, LATE, as_a_ta, marks, sql, stored
from nbgrader.converters.base import NbGraderException
from tiny import HALF, LAB, RIGHT, WRONG, forget_checks, hand_in, nbgrader, write_course

from course import nbgrader_shell, store
from course.config import Settings, load_settings
from course.errors import ConfigurationError, GraderFault
from course.gradebook import Gradebook
from course.gradebook.adapter import load_config
from course.grading import Grader
from course.lab import Lab
from course.record import Record
from course.release import release
from course.reports.notebook import render
from course.submitted import find

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),  # nbgrader's own
    pytest.mark.usefixtures("_checks"),
]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released course, and a class as it comes out of Colab and off a learning platform."""
    folder = write_course(tmp_path_factory.mktemp("shell") / "course")
    release(load_settings(folder), LAB)
    hand_in(folder, "ada", {**RIGHT, **ANSWER})
    hand_in(folder, "ben", HALF, name="Copy of tiny.ipynb")
    hand_in(folder, "cy [2]", {**WRONG, **ANSWER}, name="tiny (1).ipynb", timestamp=LATE)
    hand_in(folder, "dee", {})
    hand_in(folder, "eli", RIGHT, name="Untitled.ipynb")
    hand_in(folder, "eli", WRONG, name="TINY.ipynb")
    hand_in(folder, "fay", RIGHT).write_text("{ no notebook", encoding="utf-8")
    utf16 = hand_in(folder, "gus", HALF)
    utf16.write_text(utf16.read_text(encoding="utf-8"), encoding="utf-16")
    hand_in(folder, "hal", {}).rename(folder / "submitted" / "hal" / LAB / "report.pdf")
    hand_in(folder, "ivy", {**RIGHT, "setup": "import os; os._exit(0)"})
    (folder / "submitted" / "jo" / LAB).mkdir(parents=True)
    return folder


@pytest.fixture
def _checks() -> Iterator[None]:
    forget_checks()
    yield
    forget_checks()


def with_gradebook(course: Path, file: Path) -> Settings:
    return load_settings(course).override(db_url=f"sqlite:///{file}")


def our_shell(settings: Settings) -> dict[str, tuple[Record, str]]:
    """What `course autograde` does, in this process: records and notebooks by student."""
    lab = Lab.load(settings, LAB)
    graded = {}
    with Grader(settings, lab) as grader, Gradebook(settings) as gradebook:
        gradebook.register(lab)
        for submission in find(settings, LAB):
            got = submission.read()
            done = grader.grade(got.student, got.data, problem=got.problem, note=got.note)
            notebook = render(done, settings)
            gradebook.store(done.record, notebook, got.timestamp)
            graded[got.student] = (done.record, notebook)
    return graded


def autograde(settings: Settings, student: str = "*", **traits: Any) -> None:
    """`nbgrader autograde` without the start of a new process."""
    from nbgrader.converters import Autograde
    from nbgrader.coursedir import CourseDirectory

    config = load_config(settings)
    config.CourseDirectory.update(root=str(settings.root), db_url=settings.db_url)
    config.CourseDirectory.update(assignment_id=LAB, student_id=student)
    config.Autograde.update(force=True, **traits)
    Autograde(coursedir=CourseDirectory(config=config), config=config).start()


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def timeless(record: Record) -> str:
    return record.model_copy(update={"timings": {}}).to_json()


def test_both_shells_give_the_same_marks_records_and_notebooks(
    course: Path, tmp_path: Path
) -> None:
    theirs, ours = (
        with_gradebook(course, tmp_path / "a.db"),
        with_gradebook(course, tmp_path / "b.db"),
    )
    handed_in = contents(course / "submitted")
    nbgrader("autograde", LAB, f"--course-dir={course}", f"--db={theirs.db_url}", cwd=tmp_path)
    graded = our_shell(ours)
    assert contents(course / "submitted") == handed_in
    left, right = stored(theirs), stored(ours)
    for table in right:
        assert left[table] == right[table], table
    assert len(graded) == 10
    for student, (record, notebook) in graded.items():
        place = course / "autograded" / student / LAB
        written = Record.from_json((place / store.RECORD_NAME).read_bytes())
        assert timeless(written) == timeless(record)
        assert (place / f"{LAB}.ipynb").read_text(encoding="utf-8") == notebook
    points = {student: record.points for student, (record, _) in graded.items()}
    assert points == {
        "ada": 10.0, "ben": 3.5, "cy [2]": 0.0, "dee": 0.0, "eli": 0.0, "fay": 0.0, "gus": 3.5,
        "hal": 0.0, "ivy": 0.0, "jo": 0.0,
    }  # fmt: skip


@pytest.fixture
def settings(course: Path, tmp_path: Path) -> Settings:
    return with_gradebook(course, tmp_path / "gradebook.db")


def test_a_regrade_keeps_manual_marks_and_marks_them_for_another_look(settings: Settings) -> None:
    autograde(settings, "ada")
    as_a_ta(settings, "ada", "test_mean", manual_score=1.5, needs_manual_grade=False)
    as_a_ta(settings, "ada", "answer_why", manual_comment="Nice.")
    autograde(settings, "ada")
    assert marks(settings, "ada")["test_mean"] == (6.0, 1.5, None, 1)
    assert ("ada", "answer_why", None, "Nice.") in stored(settings)["comment"]


def test_our_writer_replaces_what_nbgrader_wrote_protected(settings: Settings) -> None:
    autograde(settings, "ada")
    place = settings.folder("autograded") / "ada" / LAB
    assert (place / f"{LAB}.ipynb").stat().st_mode & 0o777 == 0o444
    with store.opened(settings.folder("autograded"), LAB) as folders:
        folders.put("ada", {f"{LAB}.ipynb": "{}"})
    assert [path.name for path in place.iterdir()] == [f"{LAB}.ipynb"]


def test_nbgrader_replaces_what_our_writer_wrote(settings: Settings) -> None:
    with store.opened(settings.folder("autograded"), LAB) as folders:
        folders.put("ada", {f"{LAB}.ipynb": "{}", "left.txt": "over"})
    autograde(settings, "ada")
    place = settings.folder("autograded") / "ada" / LAB
    assert {path.name for path in place.iterdir()} == {f"{LAB}.ipynb", store.RECORD_NAME}


def test_a_students_own_record_does_not_pass_for_ours(settings: Settings) -> None:
    own = settings.folder("submitted") / "ada" / LAB / store.RECORD_NAME
    own.write_text("full marks, please", encoding="utf-8")
    try:
        autograde(settings, "ada")
    finally:
        own.unlink()
    written = settings.folder("autograded") / "ada" / LAB / store.RECORD_NAME
    assert Record.from_json(written.read_bytes()).points == 10.0


def test_there_is_one_grader_for_a_run_and_it_is_closed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = watched(monkeypatch)
    autograde(settings, "[adg]*")
    assert seen == ["open", "ada", "dee", "gus", "close"]


def watched(monkeypatch: pytest.MonkeyPatch, fails_for: str = "") -> list[str]:
    """Every grader's life, in order."""
    seen: list[str] = []

    class Watched(Grader):
        def __enter__(self) -> Watched:
            seen.append("open")
            super().__enter__()
            return self

        def __exit__(self, *args: Any) -> None:
            seen.append("close")
            super().__exit__(*args)

        def grade(self, student: str, *args: Any, **kwargs: Any) -> Any:
            seen.append(student)
            if student == fails_for:
                raise GraderFault("the check is broken")
            return super().grade(student, *args, **kwargs)

    monkeypatch.setattr(nbgrader_shell, "Grader", Watched)
    return seen


def test_a_fault_of_ours_leaves_no_stale_marks_and_the_others_go_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from nbgrader.converters.base import NbGraderException

    autograde(settings, "[adg]*")
    as_a_ta(settings, "dee", "test_mean", manual_score=2.0, needs_manual_grade=False)
    seen = watched(monkeypatch, fails_for="dee")
    with pytest.raises(NbGraderException):
        autograde(settings, "[adg]*")
    assert seen == ["open", "ada", "dee", "close", "open", "gus", "close"]
    assert marks(settings, "dee") == {
        "answer_why": (None, None, None, 1),
        "test_double": (None, None, None, 1),
        "test_mean": (None, 2.0, None, 1),
    }
    assert marks(settings, "gus")["test_mean"][0] == 2.5
    assert not (settings.folder("autograded") / "dee" / LAB).exists()


def test_a_timestamp_that_is_no_time_leaves_no_stale_marks(settings: Settings) -> None:
    from nbgrader.converters.base import NbGraderException

    autograde(settings, "ada")
    file = settings.folder("submitted") / "ada" / LAB / "timestamp.txt"
    file.write_text("yesterday", encoding="utf-8")
    try:
        with pytest.raises(NbGraderException):
            autograde(settings, "ada")
    finally:
        file.unlink()
    assert {row[0] for row in marks(settings, "ada").values()} == {None}


def test_what_a_link_leads_to_is_copied_for_nobody(settings: Settings) -> None:
    """What lies beside a graded notebook, nbgrader gives back with the feedback."""
    autograde(settings, "ada")
    link = settings.folder("submitted") / "ada" / LAB / "mine.txt"
    link.symlink_to(settings.root / "tests" / LAB / "test_mean.py")
    try:
        with pytest.raises(NbGraderException):
            autograde(settings, "ada")
    finally:
        link.unlink()
    assert not list(settings.folder("autograded").rglob(link.name))
    assert {row[0] for row in marks(settings, "ada").values()} == {None}


def test_a_hook_of_the_instructors_still_runs(settings: Settings) -> None:
    seen: list[Any] = []
    autograde(settings, "ada", pre_convert_hook=lambda **given: seen.append(given))
    folder = settings.folder("submitted") / "ada" / LAB
    assert seen == [{"assignment": LAB, "student": "ada", "notebooks": [f"{folder}/{LAB}.ipynb"]}]


def test_the_due_date_of_the_configuration_counts(settings: Settings) -> None:
    autograde(settings, "ada")
    assert sql(settings, "select duedate from assignment") == [("2027-02-01 23:59:00.000000",)]


def test_while_another_run_writes_nothing_is_begun(settings: Settings) -> None:
    autograde(settings, "ben")
    before = stored(settings), contents(settings.folder("autograded"))
    with (
        store.opened(settings.folder("autograded"), LAB),
        pytest.raises(NbGraderException, match="Another run is writing to"),
    ):
        autograde(settings, "ben")
    assert (stored(settings), contents(settings.folder("autograded"))) == before
    autograde(settings, "ben")


def test_while_it_grades_no_other_run_begins(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = []
    grade = Grader.grade

    def grade_meanwhile(self: Grader, *arguments: Any, **others: Any) -> Any:
        with (
            pytest.raises(ConfigurationError, match="Another run is writing to"),
            store.opened(settings.folder("autograded"), LAB),
        ):
            pass
        refused.append(True)
        return grade(self, *arguments, **others)

    monkeypatch.setattr(Grader, "grade", grade_meanwhile)
    autograde(settings, "ben")
    assert refused == [True]
    with store.opened(settings.folder("autograded"), LAB):
        pass


@pytest.mark.parametrize(
    ("lab_name", "words"),
    [
        ("tiny", "release/tiny is not what source/tiny gives now: run `course release tiny`."),
        ("lab7", "There is no lab 'lab7'"),
    ],
)
def test_a_course_that_is_set_up_wrongly_ends_in_a_sentence(
    tmp_path: Path, lab_name: str, words: str
) -> None:
    folder = write_course(tmp_path / "course")
    path = release(load_settings(folder), LAB)
    hand_in(folder, "ada", RIGHT)
    (folder / "submitted" / "ada" / "lab7").mkdir()
    (folder / "submitted" / "ada" / "lab7" / "lab7.ipynb").write_text("{}", encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace("import math", "import os"))
    said = nbgrader("autograde", lab_name, cwd=folder, code=1)
    assert f"ERROR] {words}" in said
    assert "Traceback" not in said
    assert not (folder / "autograded").exists()


def test_without_our_configuration_no_grade_cell_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_course(tmp_path / "course")
    settings = load_settings(folder)
    release(settings, LAB)
    hand_in(folder, "ada", {**RIGHT, **ANSWER})
    with Gradebook(settings) as gradebook:
        gradebook.register(Lab.load(settings, LAB))
    (folder / "nbgrader_config.py").unlink()
    nbgrader("autograde", LAB, cwd=folder)
    assert marks(settings, "ada")["test_mean"][0] == 0.0
    assert marks(settings, "ada")["test_double"][0] == 0.0
    graded = (folder / "autograded" / "ada" / LAB / f"{LAB}.ipynb").read_text(encoding="utf-8")
    assert "Not graded: test_mean was run without the course's judge" in graded
