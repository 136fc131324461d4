"""The tiers: proved by attempts, chosen by the proof, and each layer needed."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import sandboxes
import tiny
from matplotlib.font_manager import findfont
from sandboxes import SMALL, TIERS, refused, warm_process

from course.config import load_settings
from course.confinement import choosing
from course.errors import ConfigurationError, GraderFault
from course.reports import terminal
from course.sandbox import prime, proof, tiers, view
from course.sandbox.forks import WarmProcess
from course.sandbox.isolation import Isolation
from course.sandbox.limits import Limits
from course.sandbox.room import is_memory
from course.sandbox.warmup import WarmHandle

ROOT = Path(__file__).parents[2]


HELP = """
import ctypes, os, resource, signal, socket, subprocess, sys, threading
libc = ctypes.CDLL(None, use_errno=True)
def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result
"""


# Without the layer, the attack succeeds: else the layer would be there for nothing.
NEEDED = {
    "seccomp": "os.chmod(FILE, 0o600)",
    "landlock": "open(FILE).read()",
    "rlimits": "import numpy\nkept = numpy.empty(1 << 28)",
}


@pytest.mark.parametrize("layer", NEEDED)
def test_each_layer_stops_something_that_the_others_let_through(layer: str, tmp_path: Path) -> None:
    file = tmp_path / "mine"
    file.write_text("x")
    source = f"FILE = {str(file)!r}\n{NEEDED[layer]}"
    with warm_process("landlock") as warm, warm.fork() as child:
        child.run(HELP)
        assert refused(child, source) in ("PermissionError", "MemoryError")
    with warm_process("landlock", without=(layer,)) as warm, warm.fork() as child:
        child.run(HELP)
        assert refused(child, source) == ""


def test_bwrap_hides_even_that_a_file_exists(tmp_path: Path) -> None:
    source = f"import os\nos.stat({str(tmp_path)!r})"
    with warm_process("bwrap") as warm, warm.fork() as child:
        assert refused(child, source) == "FileNotFoundError"
    with warm_process("bwrap", without=("landlock", "seccomp")) as warm, warm.fork() as child:
        assert refused(child, source) == "FileNotFoundError"
    with warm_process("landlock") as warm, warm.fork() as child:
        assert refused(child, source) == ""


def test_the_view_never_holds_the_repository() -> None:
    seen = [Path(path) for path in view.readable_paths()]
    secret = [ROOT / "tests", ROOT / "source", ROOT / "gradebook.db", ROOT / "course" / "judge"]
    for path in seen:
        assert not any(hidden.is_relative_to(path) for hidden in secret)
    assert ROOT / "course" / "sandbox" in seen


@pytest.mark.parametrize("tier", TIERS)
def test_no_font_of_whoever_grades_is_named(
    tier: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".fonts").mkdir()
    (tmp_path / ".fonts" / "private.ttf").write_bytes(Path(findfont("DejaVu Sans")).read_bytes())
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    prime.prime.cache_clear()
    with warm_process(tier) as warm, warm.fork() as child:
        assert len(view.font_lists()) == 1
        child.run(
            "from matplotlib.font_manager import fontManager\n"
            "listed = str([each.fname for each in fontManager.ttflist])\n"
            "named = 'DejaVuSans.ttf' in listed, 'private' in listed\n"
        )
        assert child.get("named") == (True, False)


def test_the_view_holds_every_link_on_the_way_to_the_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "python3.11").touch()
    (tmp_path / "python3").symlink_to("python3.11")
    (tmp_path / "bin" / "python").symlink_to(Path("..", "python3"))
    monkeypatch.setattr(view.sys, "executable", str(tmp_path / "bin" / "python"))
    links = {str(tmp_path / name) for name in ("bin/python", "python3", "python3.11")}
    assert links <= set(view.readable_paths())


def test_what_a_killed_self_test_left_is_removed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "course-proof-left").mkdir()
    (tmp_path / "course-proof-left" / "test_canary.py").touch()
    with proof._canary_folder() as mine:
        assert list(tmp_path.iterdir()) == [mine]
        with proof._canary_folder() as other:  # of another grader, at the same time
            assert {*tmp_path.iterdir()} == {mine, other}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("tier", TIERS)
def test_the_self_test_proves_a_tier(tier: str) -> None:
    if sandboxes.missing(tier):
        pytest.skip(sandboxes.missing(tier))
    secret = (ROOT / "tests", ROOT / "pyproject.toml", ROOT / "not there")
    proved = tiers.choose(tier, secret)
    assert proved.tier == tier
    assert {"fork", "read tests", "write into tests", "read pyproject.toml"} <= set(proved.proved)
    assert (proved.not_prevented == ()) == (tier == "bwrap")
    assert not (ROOT / "tests" / "x").exists()


@pytest.mark.parametrize("tier", TIERS)
def test_the_self_test_finds_what_the_view_holds(tier: str) -> None:
    readable = Path(view.__file__)
    with pytest.raises(ConfigurationError, match=r"could read view\.py") as refusal:
        tiers.choose(tier, (readable,))
    assert "none is run" in str(refusal.value)


def test_the_self_test_finds_a_missing_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tiers.LAYERS, "landlock", ("rlimits", "seccomp"))
    with pytest.raises(ConfigurationError, match="read a file of the instructor"):
        tiers.choose("landlock")
    monkeypatch.setitem(tiers.LAYERS, "landlock", ("rlimits", "landlock"))
    with pytest.raises(ConfigurationError, match="change the mode of a file"):
        tiers.choose("landlock")


def test_the_self_test_says_that_threads_are_only_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the kernel asks nobody for them, a flood is noticed when it is there."""
    filters = WarmHandle._filters
    monkeypatch.setattr(WarmHandle, "_filters", lambda self: {**filters(self), "asking": []})
    chosen = tiers.choose("landlock")
    assert proof.COUNTED_LATE in chosen.not_prevented


@pytest.mark.parametrize("tier", TIERS)
def test_the_self_test_says_where_files_are_memory(
    tier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = Path("/dev/shm")
    if not memory.exists() or not is_memory(memory):
        pytest.skip("no file system in memory here")
    monkeypatch.setattr(tempfile, "tempdir", str(memory))
    chosen = tiers.choose(tier)
    assert (proof.MEMORY_IN_FILES in chosen.not_prevented) is (tier == "landlock")


def test_files_on_a_disk_are_no_memory() -> None:
    assert not is_memory(ROOT)


def test_without_bwrap_the_next_tier_is_taken_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view.shutil, "which", lambda name: None)
    taken = tiers.choose()
    assert taken.tier == "landlock"
    ((tier, reason),) = taken.passed_over
    assert tier == "bwrap"
    assert reason.startswith("the warm process does not start: bwrap is not installed (install")
    with pytest.raises(ConfigurationError, match="install bubblewrap"):
        tiers.choose("bwrap")


def test_none_is_taken_by_name_only() -> None:
    taken = tiers.choose("none")
    assert (taken.tier, taken.proved) == ("none", ())
    assert taken.not_prevented
    with pytest.raises(
        ConfigurationError, match="choose one of auto, bwrap, landlock, seatbelt, none"
    ):
        tiers.choose("docker")


def test_where_nothing_was_tried_nothing_is_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiers.sys, "platform", "freebsd14")
    for demanded in ("auto", "none"):
        with pytest.raises(ConfigurationError, match="grade on Linux"):
            tiers.choose(demanded)


def test_a_self_test_that_does_not_run_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "PROGRAM", "import no_such_module\n" + proof.PROGRAM)
    with pytest.raises(ConfigurationError, match="self-test does not run: ModuleNotFoundError"):
        tiers.choose("landlock")


@pytest.mark.parametrize("tier", [*TIERS, "seatbelt"])
def test_the_doctor_gives_one_line_of_advice_for_each_tier_that_is_missing(
    tier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(isolation: Isolation, paths: object) -> proof.Proof:
        if isolation.tier == tier:
            raise GraderFault("it does not start")
        return proof.Proof(("fork",), (), ())

    monkeypatch.setattr(tiers, "prove", fail)
    monkeypatch.setattr(tiers, "PROVABLE", {"linux": (tier, "none")})
    lines = [line.plain for line in terminal.proof(tiers.choose().to_dict())]
    (advice,) = [line for line in lines if tiers.ADVICE[tier] in line]
    assert advice == f"  {tier} was not taken: it does not start ({tiers.ADVICE[tier]})"
    assert "\n".join(lines).count(tiers.ADVICE[tier]) == 1
    monkeypatch.setattr(tiers, "PROVABLE", {"linux": (tier,)})
    with pytest.raises(ConfigurationError) as refusal:
        tiers.choose()
    assert str(refusal.value).count(tiers.ADVICE[tier]) == 1


def test_without_isolation_limits_still_hold() -> None:
    with WarmProcess(Isolation.of_tier("none"), SMALL) as warm, warm.fork() as child:
        assert refused(child, "bytearray(3 << 30)") == "MemoryError"
        assert child.run("while True: pass").limit == "cell_cpu"


def test_an_isolation_can_be_stored() -> None:
    assert Isolation.of_tier("bwrap").to_dict()["layers"] == (
        *("bwrap", "rlimits", "landlock", "seccomp"),
    )


def test_limits_must_be_above_zero() -> None:
    with pytest.raises(ValueError, match="call_cpu must be above 0"):
        Limits(call_cpu=0)
    assert Limits.from_dict(SMALL.to_dict()) == SMALL


def test_the_self_test_goes_on_while_the_rest_is_prepared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = load_settings(tiny.write_course(tmp_path / "course"))
    prepared = threading.Event()

    def choose(demanded: str, must_not_read: Sequence[Path]) -> Isolation:
        assert prepared.wait(20)
        names = {path.name for path in must_not_read}
        assert names == {
            "course_config.py",
            "gradebook.db",
            *(f"{each}.py" for each in tiny.CHECKS),
        }
        return Isolation.of_tier(demanded)

    monkeypatch.setattr("course.confinement.choose", choose)
    with choosing(replace(course, isolation="landlock"), tiny.LAB) as chosen:
        prepared.set()
        assert chosen() == Isolation.of_tier("landlock")


def test_a_self_test_that_fails_fails_where_it_is_waited_for(tmp_path: Path) -> None:
    course = load_settings(tiny.write_course(tmp_path / "course"))
    is_refused = pytest.raises(ConfigurationError, match="'walls' is not known")
    with choosing(replace(course, isolation="walls"), tiny.LAB) as chosen, is_refused:
        chosen()
