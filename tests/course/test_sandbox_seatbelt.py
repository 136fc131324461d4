"""The macOS tier as far as Linux can hold it: the profile's text, its choice and its refusal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sandboxes import SMALL

from course.errors import ConfigurationError, GraderFault
from course.sandbox import child, proof, seatbelt, tiers, view
from course.sandbox.forks import WarmProcess
from course.sandbox.isolation import Isolation

TOKEN = re.compile(r'\s*(?:([()])|"((?:[^"\\]|\\["\\])*)"|([^\s()"\\]+))')


def parsed(text: str) -> list[Any]:
    """The s-expressions of a profile; a string is a tuple of one, so that no word passes for it."""
    stack: list[list[Any]] = [[]]
    position = 0
    while text[position:].strip():
        match = TOKEN.match(text, position)
        assert match, text[position:]
        position = match.end()
        if match[1] == "(":
            stack.append([])
        elif match[1] == ")":
            inner = stack.pop()
            stack[-1].append(inner)
        else:
            string = None if match[2] is None else re.sub(r"\\(.)", r"\1", match[2])
            stack[-1].append(match[3] if string is None else (string,))
    assert len(stack) == 1
    return stack[0]


def allowed(rules: list[Any], operation: str) -> list[tuple[str, str]]:
    """(kind of filter, path) of every rule that allows an operation."""
    return [
        (rule[-1][0], rule[-1][1][0])
        for rule in rules
        if rule[0] == "allow" and operation in rule and rule[-1][0] != "target"
    ]


def test_the_profile_allows_the_view_and_the_folder_and_nothing_else(tmp_path: Path) -> None:
    rules = parsed(seatbelt.profile(view.readable_paths(), str(tmp_path)))
    assert rules[:2] == [["version", "1"], ["deny", "default"]]
    for denied in ("network*", "process-fork", "process-exec*", "file-link"):
        assert ["deny", denied] in rules
    mine = ("subpath", str(tmp_path))
    seen = [
        ("subpath" if Path(path).is_dir() else "literal", path) for path in view.readable_paths()
    ]
    assert allowed(rules, "file-read*") == [*seen, mine]
    assert allowed(rules, "file-write*") == [mine]
    assert allowed(rules, "file-write-data") == [("literal", "/dev/null")]
    operations = {name for rule in rules if rule[0] == "allow" for name in rule[1:-1]}
    assert operations == {"file-read*", "file-write*", "file-write-data", "signal"}
    assert ["allow", "signal", ["target", "self"]] in rules


@pytest.mark.parametrize("name", ["a b", 'a"b', "a\\b", 'a") (allow default) ("', "é", "(;#|"])
def test_a_path_stays_one_string_whatever_it_holds(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    (folder / "in").mkdir(parents=True)
    rules = parsed(seatbelt.profile([str(folder / "in")], str(folder)))
    assert allowed(rules, "file-read*") == [
        ("subpath", str(folder / "in")),
        ("subpath", str(folder)),
    ]
    assert len(rules) == len(parsed(seatbelt.HEAD)) + 3


@pytest.mark.parametrize(
    "path", ["/a\nb", "/a\0b", "/a\tb", "/a\udcffb", "relative", "", "/", "//"]
)
def test_a_path_that_no_profile_can_name_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="cannot name the path"):
        seatbelt.profile([path], "/folder")
    with pytest.raises(ValueError, match="cannot name the path"):
        seatbelt.profile([], path)


class Library:
    """What libsandbox answers, and what it was asked."""

    def __init__(self, answer: int) -> None:
        self.asked: list[tuple[bytes, int]] = []

        def sandbox_init(source: bytes, flags: int, reason: Any) -> int:
            self.asked.append((source, flags))
            reason._obj.value = b"no such operation"
            return answer

        self.sandbox_init = sandbox_init


def test_the_child_applies_the_profile_of_its_real_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    library = Library(0)
    monkeypatch.setattr(seatbelt.ctypes, "CDLL", lambda path: library)
    monkeypatch.setattr(child.os, "setsid", lambda: None)
    monkeypatch.setattr(child.confine, "die_with_parent", lambda: None)
    monkeypatch.chdir(tmp_path)
    settings = {"layers": ["seatbelt"], "limits": SMALL.to_dict(), "readable": ["/dev/null"]}
    child.confine_self(settings, str(tmp_path / "link"))
    expected = seatbelt.profile(["/dev/null"], str(tmp_path / "real"))
    assert library.asked == [(expected.encode(), 0)]


def test_a_profile_that_is_not_taken_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(OSError, match="libsandbox"):  # Linux has none: nothing may run
        seatbelt.restrict([], str(tmp_path))
    monkeypatch.setattr(seatbelt.ctypes, "CDLL", lambda path: Library(-1))
    with pytest.raises(OSError, match="Seatbelt: no such operation"):
        seatbelt.restrict([], str(tmp_path))


@pytest.mark.parametrize(
    ("system", "demanded"), [("linux", "seatbelt"), ("darwin", "bwrap"), ("darwin", "landlock")]
)
def test_a_tier_of_another_system_is_refused_in_a_sentence(
    system: str, demanded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiers.sys, "platform", system)
    with pytest.raises(ConfigurationError) as refusal:
        tiers.choose(demanded)
    others = "auto or bwrap or landlock" if system == "linux" else "auto or seatbelt"
    assert str(refusal.value) == (
        f"isolation = {demanded!r} is not of this system: choose {others}."
    )


@pytest.mark.parametrize("demanded", ["auto", "seatbelt"])
def test_on_macos_nothing_runs_until_the_tier_proves_itself(
    demanded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiers.sys, "platform", "darwin")
    with pytest.raises(ConfigurationError) as refusal:
        tiers.choose(demanded)
    said = str(refusal.value)
    assert "none is run. seatbelt: the judge holds" in said
    assert said.count(tiers.UNTRIED) == 1
    assert '"none"' not in said
    with pytest.raises(ConfigurationError, match="cannot be run here"):
        tiers.choose("none")
    with pytest.raises(GraderFault, match="only Linux"):
        WarmProcess(Isolation.of_tier("none"), SMALL).start()


def test_a_tier_that_one_day_proves_itself_is_still_called_untried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tiers.sys, "platform", "darwin")
    answers = iter([proof.Proof(("fork",), (), ("x",)), proof.Proof((), ("fork",), ())])
    monkeypatch.setattr(tiers, "prove", lambda isolation, paths: next(answers))
    taken = tiers.choose()
    assert (taken.tier, taken.layers) == ("seatbelt", ("rlimits", "seatbelt"))
    assert taken.not_prevented == ("x", tiers.UNTRIED)
    with pytest.raises(ConfigurationError, match="submissions could fork"):
        tiers.choose()
