"""Carrying a plan out: first everything is kept, then each submission is put into place whole.

Whoever is interrupted runs the same command again: what is kept already is found by its content.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from course.collect.attempts import MANIFEST, Attempt, digest_of, folder_of, safe_name
from course.collect.folders import Folder
from course.collect.plan import Plan
from course.config import Settings
from course.errors import ConfigurationError
from course.store import TIMESTAMP_NAME, Store


def carry_out(
    plan: Plan, settings: Settings, store: Store, tick: Callable[[], None] = lambda: None
) -> None:
    """Write what the plan says. `store` is the opened store of `submitted/`."""
    for folder in plan.folders.values():
        try:
            _keep(settings, plan.lab, folder)
        except OSError as error:
            raise ConfigurationError(
                f"{error.filename or settings.root} cannot be written ({error.strerror}): "
                "make room or mend its permissions, then run again."
            ) from None
        if folder.changes:
            store.put(folder.student, _files(folder))
        tick()


def _files(folder: Folder) -> dict[str, str | Path]:
    files: dict[str, str | Path] = {name: _place(each) for name, each in folder.files.items()}
    if folder.timestamp:
        files[TIMESTAMP_NAME] = folder.timestamp + "\n"
    return files


def _place(attempt: Attempt) -> Path:
    if attempt.content is None or not attempt.content.is_file():
        raise ConfigurationError(f"{attempt.path} is gone: run the same command again.")
    return attempt.content


def _keep(settings: Settings, lab: str, folder: Folder) -> None:
    """Put whatever is not kept yet into `collected/`, and its list last."""
    place = folder_of(settings, folder.student, lab)
    place.mkdir(parents=True, exist_ok=True)
    listed = []
    taken: dict[str, str] = {each.kept: each.digest for each in folder.attempts if each.kept}
    for attempt in folder.attempts:
        name = attempt.kept or _name(attempt, taken)
        taken[name] = attempt.digest
        if not _is_kept(place / name, attempt):
            _write(place / name, _place(attempt).read_bytes())
        listed.append(replace(attempt, kept=name).to_dict())
    counts = folder.counts.digest if folder.counts else None
    said = {"student": folder.student, "lab": lab, "counts": counts, "attempts": listed}
    text = json.dumps(said, indent=2, ensure_ascii=False) + "\n"
    if not (place / MANIFEST).exists() or (place / MANIFEST).read_text("utf-8") != text:
        _write(place / MANIFEST, text.encode())


def _name(attempt: Attempt, taken: Mapping[str, str]) -> str:
    """What to call a file in `collected/`.

    Anybody can make two contents that begin with the same mark: the second gets all of its own.
    """
    name = f"{attempt.digest[:8]} {safe_name(attempt.name)}"
    if taken.get(name, attempt.digest) == attempt.digest:
        return name
    return f"{attempt.digest} {safe_name(attempt.name)}"


def _is_kept(path: Path, attempt: Attempt) -> bool:
    return path.is_file() and digest_of(path) == attempt.digest


def _write(path: Path, content: bytes) -> None:
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    os.replace(new, path)  # noqa: PTH105 (the same act, by its plain name)
