"""No text keeps the judge, a page or a TA waiting for longer than is allowed, whatever it is."""

from __future__ import annotations

import re
import resource
import signal
import subprocess
import sys
import threading
import time

import pytest

from course import patience
from course.cellcode import LONGEST, parsed
from course.patience import OutOfPatience, Patience, within
from course.reports.cohort import tokens
from course.reports.pages import executed
from course.sandbox.stopwatch import SIGNALS


def endless(*_: object) -> None:
    """Hours of one regular expression, as libraries have some that nobody knows of."""
    re.fullmatch("(a+)+", "a" * 60 + "b")


def swallowing(*_: object) -> None:
    while True:
        try:
            endless()
        except Exception:  # as libraries do
            continue


@pytest.mark.parametrize("work", [endless, swallowing])
def test_what_takes_too_long_is_ended(work: object) -> None:
    assert callable(work)
    start = time.process_time()
    with pytest.raises(OutOfPatience):
        within(0.2, lambda: work())
    assert time.process_time() - start < 1


def test_a_process_is_left_with_the_handlers_that_it_had() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    within(0.2, lambda: None)
    with pytest.raises(OutOfPatience):
        within(0.1, endless)
    assert [signal.getsignal(number) for number in SIGNALS] == before


UNHEARD = """
import hashlib, signal
from course import patience
patience.UNHEARD = 0.3
signal.setitimer(signal.ITIMER_VIRTUAL, {left})
assert patience.within(1.0, lambda: 7) == 7
left, _ = signal.getitimer(signal.ITIMER_VIRTUAL)
assert abs(left - {left}) < 1, left
try:
    patience.within(0.1, lambda: hashlib.pbkdf2_hmac("sha1", b"", b"", {rounds}))
except patience.OutOfPatience:
    print("heard at last")
"""


@pytest.mark.parametrize(
    ("left", "rounds", "code", "said"),
    [
        (3600, 10**8, -signal.SIGVTALRM, ""),
        (3600, 1, 0, ""),
        (0, 3 * 10**6, 0, "heard at last\n"),
    ],
)
def test_a_worker_ends_if_no_signal_stops_what_it_does(
    left: int, rounds: int, code: int, said: str
) -> None:
    """Its submission is graded by another one, or by nobody; other processes go on."""
    program = UNHEARD.format(left=left, rounds=rounds)
    start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (code, said)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - start < 5


def test_a_text_that_is_too_long_for_code_is_not_parsed() -> None:
    """No signal stops Python's parser, and this takes it a quarter of a minute."""
    start = time.process_time()
    assert parsed(f"f'{'x' * 800_000}{'{a}' * 40_000}'") is None
    assert time.process_time() - start < 1
    assert parsed("a\n" * (LONGEST // 2)) is not None


def test_a_name_of_many_marks_is_not_parsed() -> None:
    """No signal stops Python's parser, and this takes it many seconds."""
    start = time.process_time()
    for above, below in ("\u0301\u0316", "\u0344\u0f73"):  # the latter are two marks each
        assert parsed(f"lambda a{above * 3_000}{below * 3_000}") is None
    assert time.process_time() - start < 1
    assert parsed("a\u0301\u0316 = 1  # " + "\u6f22" * 50_000 + "e\u0301" * 10_000) is not None


def test_what_takes_no_time_is_left_alone_and_errors_are_its_own() -> None:
    assert within(0.2, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        within(0.2, lambda: 1 / 0)
    start = time.process_time()
    while time.process_time() < start + 0.5:  # nothing is left that would end this
        pass


def test_another_thread_takes_what_it_takes() -> None:
    made: list[int] = []
    thread = threading.Thread(target=lambda: made.append(within(0.0, lambda: 7)))
    thread.start()
    thread.join()
    assert made == [7]


def test_a_page_has_so_much_patience_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FOR_A_TEXT", 0.2)
    monkeypatch.setattr(patience, "FOR_A_PAGE", 0.5)
    page, asked = Patience(), []

    def work() -> str:
        asked.append(1)
        endless()
        return "never"

    assert [page.spend(work, lambda: "plain") for _ in range(20)] == ["plain"] * 20
    assert len(asked) == 3
    assert Patience().spend(lambda: "rendered", lambda: "plain") == "rendered"


def test_a_students_page_shows_what_takes_too_long_as_it_was_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "FOR_A_TEXT", 0.2)
    monkeypatch.setattr(executed, "prose", endless)
    monkeypatch.setattr(executed, "code", endless)
    cells = [{"cell_type": kind, "source": "<b>"} for kind in ("markdown", "code")]
    assert [block.html for block in executed.blocks(cells)] == [
        "<pre>&lt;b&gt;</pre>",
        "&lt;b&gt;",
    ]


def test_a_class_report_compares_words_where_code_takes_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tokens, "FOR_A_TEXT", 0.2)
    monkeypatch.setattr(tokens, "_code_tokens", endless)
    found = tokens.code_tokens("x = some_name", frozenset())
    assert [token.text for token in found] == ["x", "some_name"]
