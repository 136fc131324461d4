"""Notebooks as Google Colab writes them, so that the sample class is what a grader really gets.

Colab has two ways to save. A download (and Drive) is one line of JSON with execution times and the
student's account in it; "Save a copy in GitHub" is indented, with a badge on top. Both say minor
version 0, keep cell ids in the metadata, leave `language` out and end without a newline.
"""

from __future__ import annotations

import json
import random
import string
import uuid
from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]

BADGE = (
    '<a href="https://colab.research.google.com/github/student/labs/blob/main/{name}" '
    'target="_parent"><img src="https://colab.research.google.com/assets/colab-badge.svg" '
    'alt="Open In Colab"/></a>'
)
SESSION_START = 1_767_225_600_000  # milliseconds; Colab notes when each cell ran


def downloaded(cells: Sequence[Json], student: str) -> str:
    """What File → Download gives, and what lies in Drive: one line, with personal data in it."""
    run = [_run(_in_colab(cell), student, number) for number, cell in enumerate(cells)]
    return json.dumps(_notebook([*run, _EMPTY]), ensure_ascii=False, separators=(",", ":"))


def saved_to_github(cells: Sequence[Json], name: str) -> str:
    """What "Save a copy in GitHub" gives: two spaces, a badge on top, no execution times."""
    badge = {
        "cell_type": "markdown",
        "metadata": {"id": "view-in-github", "colab_type": "text"},
        "source": [BADGE.format(name=name)],
    }
    notebook = _notebook([badge, *map(_in_colab, cells), _EMPTY])
    notebook["metadata"]["colab"]["include_colab_link"] = True
    return json.dumps(notebook, ensure_ascii=False, indent=2)


def uploaded_to_jupyter(cells: Sequence[Json]) -> str:
    """What Jupyter gives: one space, version 4.5, ids in their own place, a newline at the end."""
    written = []
    for cell in cells:
        source = {"source": "".join(cell["source"]).splitlines(keepends=True)}
        ran: Json = {"execution_count": None, "outputs": []}
        written.append({**cell, **source, **(ran if cell["cell_type"] == "code" else {})})
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook = {"cells": written, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def without_labels(cells: Sequence[Json]) -> list[Json]:
    """The same cells as if typed into a new notebook: no nbgrader metadata, ids of Colab's own."""
    return [{**cell, "id": new_id(cell["id"]), "metadata": {}} for cell in cells]


def new_id(seed: str) -> str:
    """An id as Colab gives its own cells; the same seed gives the same one."""
    return "".join(random.Random(seed).choices(string.ascii_letters + string.digits + "-_", k=12))


def _notebook(cells: list[Json]) -> Json:
    return {
        "nbformat": 4,
        "nbformat_minor": 0,
        "metadata": {
            "colab": {"provenance": []},
            "kernelspec": {"name": "python3", "display_name": "Python 3"},
            "language_info": {"name": "python"},
        },
        "cells": cells,
    }


def _in_colab(cell: Json) -> Json:
    """A cell after Colab has opened and saved it: its id has moved into the metadata."""
    source = "".join(cell["source"])
    kept: Json = {
        "cell_type": cell["cell_type"],
        "source": source.splitlines(keepends=True),
        "metadata": {**cell["metadata"], "id": cell["id"]},
    }
    if cell["cell_type"] == "code":
        kept |= {"execution_count": None, "outputs": []}
    return kept


def _run(cell: Json, student: str, number: int) -> Json:
    """The traces that running a cell leaves in a download."""
    if cell["cell_type"] != "code":
        return cell
    chance = random.Random(f"{student} {number}")
    user = {"displayName": f"{student} (private)", "userId": f"{chance.getrandbits(64):020}"}
    traces = {
        "colab": {"base_uri": "https://localhost:8080/"},
        "executionInfo": {
            "status": "ok",
            "timestamp": SESSION_START + 1000 * number,
            "user_tz": -60,
            "elapsed": chance.randrange(5, 900),
            "user": user,
        },
        "outputId": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
    }
    return {
        **cell,
        "metadata": {**cell["metadata"], **traces},
        "execution_count": number + 1,
        "outputs": [{"output_type": "stream", "name": "stdout", "metadata": {}, "text": ["42\n"]}],
    }


# the empty cell that Colab puts below the one that was run last
_EMPTY: Json = {
    "cell_type": "code",
    "source": [],
    "metadata": {"id": new_id("empty")},
    "execution_count": None,
    "outputs": [],
}
