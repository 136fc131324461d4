"""From what a path says to one student of the class: certain, or refused with a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from course.collect.claims import Claim
from course.roster import Roster, id_problem

ONLY_A_LIST = "only a class list says who that is (--roster)"


def whose(claim: Claim, roster: Roster | None) -> tuple[str, str]:
    """The student's id and '', or '' and why nobody can be named."""
    if roster is None:
        return _by_itself(claim)
    certain = surely(claim, roster)
    if len(certain) > 1:
        return "", f"it fits several students ({_listed(certain)}): {claim.who}"
    names = (claim.name, *claim.students)  # all of them: the innermost may be a student's own
    called = {student.id for name in names if name for student in roster.with_name(name)}
    if certain:
        [student] = certain
        if called and student not in called:
            return "", (
                f"{claim.who}: the number or login is that of {student}, but the name is that of "
                f"{_listed(called)}"
            )
        return student, ""
    if len(called) > 1:
        return (
            "",
            f"{claim.who}: {_listed(called)} are called alike, and nothing else tells them apart",
        )
    if called:
        return called.pop(), ""
    return "", f"{claim.who} is not in {roster.path.name}"


def surely(claim: Claim, roster: Roster) -> set[str]:
    """The ids of all of whom an id, a login, a number or an e-mail says that it is them."""
    found = {
        student.id for student in roster.with_mark((*claim.students, *claim.logins, claim.email))
    }
    numbers = (claim.number, *claim.also)
    return found | {student.id for student in roster.with_number(claim.number_columns, numbers)}


def _by_itself(claim: Claim) -> tuple[str, str]:
    """Without a class list, only an LMS that gives logins or ids says who it was."""
    if claim.rule in ("canvas", "moodle", "brightspace", "classroom") or len(claim.logins) > 1:
        return "", f"{claim.who}: {ONLY_A_LIST}"
    if claim.rule == "plain" and not claim.file.lower().endswith(".ipynb"):
        return "", f"it is no notebook, and {ONLY_A_LIST}"
    told = (*claim.students[:1], *claim.logins[-1:], claim.number, claim.email)
    student = next((each for each in told if each), "")
    if problem := id_problem(student):
        return "", f"{student!r} cannot be a student's id: {problem}"
    return student, ""


def _listed(students: Iterable[str]) -> str:
    return ", ".join(sorted(students))
