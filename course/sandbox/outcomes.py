"""How a call into a student's process can end other than with a value. Trusted side.

These four are all that `course.sandbox.host` ever raises for what a submission does. They are no
`CourseError`: for the judge they are verdicts, not faults.
"""


class CallEnded(Exception):
    """A call gave no value; `function` is what was called, as the judge's proxy notes it."""

    function = "your function"


class StudentError(CallEnded):
    """The student's code raised: `kind` is the exception's class name, `text` its message."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}" if text else kind)
        self.kind = kind
        self.text = text


class NotDefined(CallEnded):
    """Nothing that could be called or read stands under `name` in the student's namespace."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not defined")
        self.name = name


class TimeLimit(CallEnded):
    """A call used up its CPU time and was interrupted; the process lives on."""


class ProcessEnded(CallEnded):
    """The student's process is gone: `reason` says why, in the judge's own words.

    `during` is True for the call in which it ended, and False for every call after that.
    """

    during = False

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
