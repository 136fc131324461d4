"""Every sentence that a student reads about a check, in one place.

None of them holds a hidden number, a hidden input or text that student code made while it could
see one: what a call printed or wrote into its exception stays in the evidence, for TAs.
"""

from __future__ import annotations

WRONG_VALUE = "{name} gives another value than it should on the check's data."
WRONG_KIND = "{name} should give {wanted}, but gives {got}."
NOT_FINITE = "{name} should give a finite number, but gives {got}."
NO_REASON = "What this check demands does not hold for your solution."

NOT_DEFINED = (
    "There is no {name} when this check runs: was its cell run, and is the name unchanged?"
)
NOT_WRITTEN = (
    "{name} returns nothing yet: it, or a function that it calls, is not written, or a `return` is "
    "missing."
)
RAISED = "{name} stopped with {kind}."
TIMED_OUT = "{name} was stopped at its time limit: does a loop never end?"
ENDED = "Your program ended while {name} ran ({reason})."
ENDED_BEFORE = "This check could not run: your program had ended before it ({reason})."
NOT_REACHED = "This check was not run, so it earns nothing: {reason}."
NO_VERDICT = "This check gave no verdict, so it earns nothing."
TWO_VERDICTS = "This check gave more than one verdict, so it earns nothing."

# What is said of an exception is its kind, and only when Python itself has that kind: the name of
# a class that a student defines is text made by the student.
OWN_EXCEPTION = "an exception of its own"
