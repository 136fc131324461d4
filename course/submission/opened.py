"""What a student handed in, from bytes to the lab's cells, or the sentence that says why not."""

from __future__ import annotations

from course.errors import UnreadableSubmission
from course.lab import Lab
from course.patience import MOST_BYTES, OutOfPatience, within
from course.submission.read import read
from course.submission.repair import Repaired, repair

MOST_SECONDS = 60.0
NO_EXERCISE = (
    "None of the lab's exercises was found in this notebook: is it the notebook of another lab? "
    "Hand in the notebook of {lab}."
)
TOO_LONG = (
    "It takes more than {seconds:g} seconds, or more than {gigabytes:g} GB of memory, to find the "
    "lab's cells in this notebook: take out of it what is not your answers, and hand it in again."
)


def opened(data: bytes, lab: Lab) -> Repaired:
    """The submission in the lab's shape; UnreadableSubmission if nothing of the lab is in it."""
    try:
        repaired = within(MOST_SECONDS, lambda: repair(read(data), lab))
    except OutOfPatience:
        raise UnreadableSubmission(
            TOO_LONG.format(seconds=MOST_SECONDS, gigabytes=MOST_BYTES / (1 << 30))
        ) from None
    if not repaired.found:
        raise UnreadableSubmission(NO_EXERCISE.format(lab=lab.name))
    return repaired
