"""How a course's submissions are confined: chosen by a self-test, beside what else a run needs.

The self-test starts a sandbox, which takes as long as a worker takes to get ready; and it does most
of that in another process, so the two go side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from course.config import Settings
from course.lab import checks_folder
from course.sandbox.isolation import Isolation
from course.sandbox.tiers import choose


def choose_isolation(settings: Settings, lab_name: str) -> Isolation:
    """The strongest isolation that proves itself on this machine for this course.

    ConfigurationError when none does.
    """
    others = [settings.root / name for name in ("course_config.py", "gradebook.db")]
    checks = sorted(checks_folder(settings, lab_name).glob("*.py"))
    return choose(settings.isolation, [*checks, *others])


@contextmanager
def choosing(settings: Settings, lab_name: str) -> Iterator[Callable[[], Isolation]]:
    """Begin to choose; the function given waits for what `choose_isolation` gives or raises.

    Whatever the thread uses is imported by now: two threads that import the same may meet halfway.
    """
    with ThreadPoolExecutor(1, "self-test") as beside:
        yield beside.submit(choose_isolation, settings, lab_name).result
