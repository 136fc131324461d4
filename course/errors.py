"""The three families of errors, kept apart because they end differently.

- The submission is wrong: no exception at all, but a verdict or a stated zero in its record.
- The input or the configuration is wrong: `ConfigurationError`, one sentence, exit code 2.
- We are wrong: `GraderFault`; the submission is marked ungraded and never gets a silent zero.
"""


class CourseError(Exception):
    """Whatever this package raises on purpose."""


class ConfigurationError(CourseError):
    """The instructor's input cannot be used: one sentence says what, where and what to do."""


class GraderFault(CourseError):
    """Our own fault while grading one submission: it stays ungraded, the others go on."""


class KilledFromOutside(GraderFault):
    """A process of the sandbox was killed or slowed down, or none can be started: try it once more.

    It is no doing of this submission's, and may be another one's, which will have ended by then.
    """


class UnreadableSubmission(CourseError):
    """The handed-in bytes hold no notebook: one sentence for the student says why."""
