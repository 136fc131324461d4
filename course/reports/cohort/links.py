"""Where a class page leads: to students' pages beside it, and to formgrader on this machine.

A page's own links are relative, so that the folder of a course may be moved or copied. Formgrader
has one address, the one at which `course review` serves it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from course.config import Settings

HOST = "127.0.0.1"


def reports_folder(settings: Settings) -> Path:
    """Where class pages lie."""
    return settings.root / "reports"


def class_page(settings: Settings, lab_name: str) -> Path:
    """Where a lab's class page lies."""
    return reports_folder(settings) / f"{lab_name}.html"


def index_page(settings: Settings) -> Path:
    """Where the page of all labs lies."""
    return reports_folder(settings) / "index.html"


def formgrader(settings: Settings) -> str:
    """The address of formgrader, as `course review` serves it."""
    return f"http://{HOST}:{settings.review_port}/formgrader"


@dataclass(frozen=True)
class Links:
    """The links of one lab's class page."""

    settings: Settings
    lab_name: str

    def student_page(self, student: str) -> str:
        """A student's feedback page from here, or '' when it has not been written."""
        name = f"{self.lab_name}.html"
        page = self.settings.folder("feedback") / student / self.lab_name / name
        if not page.is_file():
            return ""
        return quote(os.path.relpath(page, reports_folder(self.settings)))

    def answers(self) -> str:
        """Formgrader's list of all submissions of the lab."""
        name = quote(self.lab_name, safe="")
        return f"{formgrader(self.settings)}/gradebook/{name}/{name}"

    def submission(self, notebook_id: str) -> str:
        """One submission in formgrader, by the gradebook's id of its notebook."""
        return f"{formgrader(self.settings)}/submissions/{quote(notebook_id, safe='')}/"
