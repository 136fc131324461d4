"""How a call into a student's process can end other than with a value. Trusted side.

These four are all that `course.sandbox.host` ever raises for what a submission does. They are no
`CourseError`: for the judge they are verdicts, not faults.
"""


class StudentError(Exception):
    """The student's code raised: `kind` is the exception's class name, `text` its message."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}" if text else kind)
        self.kind = kind
        self.text = text


class NotDefined(Exception):
    """Nothing that could be called or read stands under `name` in the student's namespace."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not defined")
        self.name = name


class TimeLimit(Exception):
    """A call used up its CPU time and was interrupted; the process lives on."""


class ProcessEnded(Exception):
    """The student's process is gone: `reason` says why, in the judge's own words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
