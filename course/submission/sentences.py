"""What a student and a TA read about a submission that was put right, in one place.

Each says what was found and what was done, and, where something is lost, what to do about it.
docs/submissions.md lists them with their rules.
"""

from __future__ import annotations

from collections.abc import Sequence

SEVERAL_FROM = 4  # from so many cells on, one sentence is about all of them

RELABELLED = (
    "The cell '{cell}' had lost its label and was recognised by its content.",
    "{number} cells had lost their labels ({names}) and were recognised by their content.",
)
RESTORED = (
    "The given cell '{cell}' was changed; the original was run.",
    "{number} given cells differ from this edition of the lab ({names}); the originals were run.",
)
MISSING = (
    "The given cell '{cell}' was missing and was put back.",
    "{number} given cells were missing ({names}) and were put back.",
)
ADDED = "What you had added to the given cell '{cell}' was run before it."
MOVED = "Cells stood in another order than the lab's; they were run in the lab's order."
RETYPED = "The cell '{cell}' had become {kind} and was turned back."
NO_SOLUTION = (
    "There is no solution of '{cell}': its cell was missing and was put back empty. If you wrote "
    "one elsewhere, put it into this cell and hand in again."
)
NO_ANSWER = (
    "There is no answer to '{cell}': its cell was missing and was put back empty. If you wrote one "
    "elsewhere, put it into this cell and hand in again."
)
COPIED = "The cell '{cell}' was there {times} times; the last one that is worked on counts."
COPIED_ANSWER = "The cell '{cell}' was there {times} times; all that you wrote in them was joined."
SPLIT = "The cell '{cell}' was split into {times} cells and was put together again."
ADOPTED = "Your solution of '{cell}' stood in another cell and was taken from there."
MERGED = "Your solution of '{cell}' stands in the cell '{other}', which was run for both."
ADOPTED_ANSWER = "Your answer to '{cell}' stood in another cell beside it and was taken from there."
AGAIN = (
    "You define {names} again in a cell of your own below the checks; the solution in its own cell "
    "is the one that counts."
)
UNTOUCHED = (
    "Nothing was written into this notebook: it is the lab as it was given out. If you worked in "
    "another copy, hand that one in."
)
SOURCE = (
    "This notebook holds the marks of the course's own solutions (### BEGIN SOLUTION), which the "
    "lab as given out does not: a TA has to look at it."
)
ANOTHER_LAB = (
    "This looks like the notebook of another lab: {foreign} of its exercises ({names}) are not in "
    "{lab}, and only {own} of its cells are. Hand in the notebook of {lab}."
)
EARLY = (
    "{where} uses {name} before it exists: {name} is defined further down, in {defined}. Move that "
    "up, then restart and run all cells."
)
PLACEHOLDER = "# Your solution of {cell} stands in the cell {other} above."


def listed(names: Sequence[str], most: int = 5) -> str:
    """Names in quotes, the first few of them."""
    shown = [f"'{name}'" for name in names[:most]]
    return ", ".join(shown) + (", …" if len(names) > most else "")
