"""Any names of files: each file is listed once, and reading them never fails."""

from __future__ import annotations

import tempfile
from datetime import UTC
from pathlib import Path

import lms
from hypothesis import given, settings
from hypothesis import strategies as st

from course.collect.attempts import safe_name
from course.collect.plain import is_named_like
from course.collect.plan import Planner, State
from course.collect.shapes import SHAPES, read
from course.config import Settings
from course.errors import ConfigurationError
from course.roster import read_roster

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
