"""Turns: who is alone is alone, and nobody waits for ever."""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path

import pytest

from course import turns


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))


def test_many_run_beside_each_other(tmp_path: Path) -> None:
    with turns.beside_others(tmp_path), turns.beside_others(tmp_path):
        pass


def test_who_is_alone_waits_for_others_and_they_for_it(tmp_path: Path) -> None:
    order: list[str] = []
    began = threading.Event()

    def other() -> None:
        with turns.beside_others(tmp_path):
            began.set()
            time.sleep(0.3)
            order.append("first ends")

    def late() -> None:
        with turns.beside_others(tmp_path):
            order.append("late begins")

    first, second = threading.Thread(target=other), threading.Thread(target=late)
    first.start()
    began.wait(5)
    threading.Timer(0.1, second.start).start()
    with turns.alone(tmp_path) as until:
        assert until > time.monotonic()
        order.append("alone")
        time.sleep(0.2)
        order.append("alone ends")
    first.join()
    second.join()
    assert order == ["first ends", "alone", "alone ends", "late begins"]


def test_nobody_waits_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "SECONDS_ALONE", 0.1)
    with turns.beside_others(tmp_path), turns.alone(tmp_path) as until:
        assert until == 0.0
    with turns.alone(tmp_path), turns.beside_others(tmp_path):
        pass


def test_without_a_folder_nobody_is_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with turns.beside_others(tmp_path / "gone"), turns.alone(tmp_path / "gone") as until:
        assert until == 0.0
