"""Submissions that write to the channel, lie or tamper with all of their own process."""

from __future__ import annotations

import contextlib
import struct
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sandboxes import DEAF, SMALL

from course.sandbox.budget import Budget
from course.sandbox.channel import HEADER, MAGIC
from course.sandbox.claims import read_answer, read_error, read_run
from course.sandbox.forks import WarmProcess
from course.sandbox.host import Child, ProcessEnded, StudentError, TimeLimit
from course.sandbox.limits import Limits
from course.sandbox.outcome import SubmissionError
from course.sandbox.wire import Opaque, ProtocolError

FRAME = HEADER.pack(MAGIC, 4, 0) + b"null"


ANSWER = HEADER.pack(MAGIC, 21, 0) + b'{"t":[2,"value",100]}'


FORGED = {
    "garbage": "os.write(3, b'garbage' * 10)",
    "a frame": f"os.write(3, {FRAME!r})",
    "a header that promises too much": f"os.write(3, {HEADER.pack(MAGIC, 1 << 31, 1 << 60)!r})",
    "a frame that never ends": f"os.write(3, {HEADER.pack(MAGIC, 1000, 0)!r})",
    "an answer to the next request": f"os.write(3, {ANSWER!r})",
    "many answers": f"[os.write(3, {ANSWER!r}) for _ in range(50)]",
    "a bomb": f"os.write(3, {HEADER.pack(MAGIC, 60_000, 0)!r} + b'[' * 60_000)",
    "from a thread": "import threading\n"
    "threading.Thread(target=os.write, args=(3, b'x' * 99)).start()",
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_frames_end_the_submission(child: Child, name: str) -> None:
    with contextlib.suppress(ProcessEnded):
        child.run("import os\n" + FORGED[name])
    with pytest.raises(ProcessEnded, match=r"protocol|waited too long|process ended"):
        child.call("f")
    assert not child.alive


def test_a_slow_drip_ends_at_the_deadline(child: Child) -> None:
    drip = "import os, time\nos.write(3, b'CSW1')\nwhile True:\n"
    drip += "    os.write(3, b'\\0')\n    time.sleep(0.05)"
    start = time.monotonic()
    with pytest.raises(ProcessEnded):
        child.run(DEAF + drip)
    assert time.monotonic() - start < 20


def test_an_unread_flood_of_frames_does_not_stop_the_judge(child: Child) -> None:
    with pytest.raises(ProcessEnded):
        child.run(f"import os\nwhile True: os.write(3, {FRAME!r} * 100)")


def test_requests_that_are_stolen_end_the_submission(child: Child) -> None:
    child.run(
        "import os, threading, time\ndef f(): time.sleep(0.01)\ndef steal():\n"
        "    while True:\n        try:\n            os.read(3, 1)\n"
        "        except BlockingIOError: pass\n"
        "threading.Thread(target=steal).start()"
    )
    with contextlib.suppress(ProcessEnded):
        for _ in range(50):
            child.call("f")
    assert not child.alive


@pytest.mark.parametrize(
    "source",
    [
        "from course.sandbox import wire\nwire.encode = lambda *a, **k: (b'[' * 100, b'')",
        "from course.sandbox import wire\nwire.encode = lambda *a, **k: (b'1', b'x')",
        "import json\njson.dumps = lambda *a, **k: '[[[[['",
        "get_ipython().run_cell = lambda *a, **k: None",
        "get_ipython().run_cell = lambda *a, **k: 1 / 0",
        "get_ipython().user_ns.clear()",
        "get_ipython().user_ns = None",
        "get_ipython().recorder = None",
        "get_ipython().recorder.finish = lambda: [7, 'x']",
        "get_ipython().displayhook = None",
        "import builtins\nbuiltins.__dict__.clear()",
        "import builtins\n"
        "for n in ('tuple', 'len', 'type', 'isinstance', 'print'): setattr(builtins, n, None)",
        "import sys\nsys.modules.clear()",
        "import sys\nsys.stdout = sys.stderr = None",
        "import numpy\nnumpy.ndarray = numpy.asarray = numpy.dtype = None",
        "import matplotlib.pyplot as plt\nplt.show = plt.close = None",
        "import gc\nfor o in gc.get_objects():\n"
        "    if type(o).__name__ == 'Service': o.answer = lambda *a: (b'', b'')",
        "import gc\nfor o in gc.get_objects():\n"
        "    if type(o).__name__ == 'Channel': o.send_frame = print",
        "import sys\nsys.settrace(lambda *a: 1 / 0)",
        "import sys\nsys.setrecursionlimit(30)",
        "import os\nos._exit = lambda code: None\nraise SystemExit",
    ],
)
def test_tampering_with_its_own_process_harms_nobody_else(warm: WarmProcess, source: str) -> None:
    with warm.fork() as child, warm.fork() as other:
        for ask in (
            lambda: child.run(source),
            lambda: child.run("def f(): return 1\nprint('x')\n2"),
            lambda: child.call("f"),
            lambda: child.get("f"),
        ):
            with contextlib.suppress(SubmissionError):
                ask()
        assert other.run("1 + 1").outputs[0].text == "2"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("[0] * 10_000_000", "Unsendable"),
        ("np.zeros(30_000_000)", "Unsendable"),
        ("'x' * 100_000_000", "Unsendable"),
        ("nested(100_000)", "Unsendable"),
        ("itself", "Unsendable"),
        ("{(i,): 0 for i in range(5_000)}", "Unsendable"),
    ],
)
def test_huge_and_nested_values_are_errors_of_their_call(
    child: Child, value: str, kind: str
) -> None:
    child.run(
        "import numpy as np\nitself = []\nitself.append(itself)\n"
        "def nested(n):\n    x = []\n    for _ in range(n): x = [x]\n    return x\n"
        f"def f(): return {value}\ndef g(): return 1"
    )
    with pytest.raises((StudentError, TimeLimit)) as raised:
        child.call("f")
    if isinstance(raised.value, StudentError):
        assert raised.value.kind == kind
    assert child.call("g") == 1


def test_lying_objects_are_opaque(child: Child) -> None:
    child.run(
        "import numpy as np\n"
        "class Yes(float):\n    __eq__ = __lt__ = __le__ = lambda *a: True\n    __hash__ = None\n"
        "class Array(np.ndarray):\n    __eq__ = lambda *a: True\n"
        "class Liar:\n    __class__ = float\n    __float__ = lambda self: 1.0\n"
        "    __array__ = lambda self, *a, **k: np.ones(3)\n"
        "yes, array, liar = Yes(3), np.zeros(3).view(Array), Liar()\n"
        "objects = np.array([yes], dtype=object)\ndef generator(): yield 1"
    )
    for name in ("yes", "array", "liar", "objects"):
        assert type(child.get(name)) is Opaque
    assert type(child.call("generator")) is Opaque


CLAIM = st.recursive(
    st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.binary(), st.just("stream")),
    lambda inner: st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple),
    max_leaves=20,
)


@settings(max_examples=500, deadline=None)
@given(CLAIM, CLAIM, CLAIM)
def test_claims_are_read_or_refused(outputs: object, error: object, limit: object) -> None:
    limits = Limits()
    for read in (
        lambda: read_run((outputs, error, limit), Budget(limits), 0.0),
        lambda: read_run((error, outputs, limit), Budget(limits), 0.0),
        lambda: read_run(([outputs, error], None, None), Budget(limits), 0.0),
        lambda: read_error(outputs, limits),
        lambda: read_answer(outputs, 1),
    ):
        try:
            read()
        except ProtocolError:
            continue


def picture(width: int = 3, height: int = 2) -> bytes:
    """A PNG's beginning and end."""
    return struct.pack("!8sI4sII", b"\x89PNG\r\n\x1a\n", 13, b"IHDR", width, height) + (
        b"IEND\xaeB`\x82"
    )


def test_claims_are_cut_to_the_limits() -> None:
    png = picture()
    many = [("stream", "é" * 90_000, None, "stdout"), ("display", "\ud800\x00", png, "")] * 5_000
    ran = read_run((many, ("E", "x" * 10_000, "y" * 10_000), None), Budget(SMALL), 0.0)
    assert len(ran.outputs) <= SMALL.outputs + 1
    assert sum(len(output.text.encode()) for output in ran.outputs) <= SMALL.output_bytes + 4_000
    assert ran.error is not None
    assert len(ran.error.text) + len(ran.error.trace) <= 5_000


def test_pictures_are_kept_up_to_a_number_and_a_size() -> None:
    png = picture()
    claim = ([("display", "<Figure>", png, "")] * 20, None, None)
    budget = Budget(SMALL)
    kept = [output.png is not None for output in read_run(claim, budget, 0.0).outputs]
    assert kept == [True] * SMALL.figures + [False] * (20 - SMALL.figures)
    budget = Budget(replace(SMALL, submission_figure_bytes=3 * len(png) + 1))
    ran = read_run(claim, budget, 0.0)
    assert [output.png is not None for output in ran.outputs] == [True] * 3 + [False] * 17
    budget.keep(ran)
    assert not any(output.png for output in read_run(claim, budget, 0.0).outputs)
    unnamed = png.replace(b"IHDR", b"acTL")
    for wrong in (b"GIF89a", png + bytes(SMALL.figure_bytes), "text", png[:8] + png[-8:], unnamed):
        with pytest.raises(ProtocolError, match="no PNG"):
            read_run(([("display", "", wrong, "")], None, None), Budget(SMALL), 0.0)


def test_outputs_without_text_and_errors_are_kept_up_to_a_number_and_a_size() -> None:
    budget = Budget(replace(SMALL, submission_outputs=70, submission_output_bytes=9_000))
    claim = ([("display", "", None, "")] * 60, ("E", "why", "\n" * 4_000), None)
    runs = []
    for _ in range(5):
        runs.append(read_run(claim, budget, 0.0))
        budget.keep(runs[-1])
    assert [len(run.outputs) for run in runs] == [51, 19, 0, 0, 0]
    errors = [run.error for run in runs if run.error is not None]
    assert [error.text for error in errors] == ["why"] * 5
    assert [len(error.trace) for error in errors] == [4_000, 4_000, 4_000, 0, 0]


def test_a_picture_of_more_pixels_than_anybody_can_show_is_not_kept() -> None:
    sizes = [(4_096, 8_192), (4_097, 8_192), (65_535, 65_535), ((1 << 32) - 1, 1)]
    claim = ([("display", "<Figure>", picture(*size), "") for size in sizes], None, None)
    outputs = read_run(claim, Budget(SMALL), 0.0).outputs
    assert [output.png is not None for output in outputs] == [True, False, False, False]
    assert {output.text for output in outputs} == {"<Figure>"}


def test_pictures_of_more_pixels_than_a_page_can_hold_are_not_kept() -> None:
    budget = Budget(replace(SMALL, figures=40))
    claim = ([("display", "<Figure>", picture(4_096, 8_192), "")] * 5, None, None)
    kept = []
    for _ in range(3):
        run = read_run(claim, budget, 0.0)
        budget.keep(run)
        kept.append(sum(output.png is not None for output in run.outputs))
    assert kept == [5, 3, 0]


@pytest.mark.parametrize(
    "after", ["[1.0, 2.0]", "['x' * 99, '']", "{}", "None", "np.array(['x'])", "(1.0, 2.0)"]
)
def test_an_argument_of_another_type_is_none_that_was_handed_in(child: Child, after: str) -> None:
    child.run(
        "import gc\nimport numpy as np\ndef f(x): x.dtype = 'S8'\n"
        "service, = (o for o in gc.get_objects() if type(o).__name__ == 'Service')\n"
    )
    assert isinstance(child.watch("f", np.zeros(2))[1][0], Opaque)
    child.run(f"service.verbs['watch'] = lambda *a: ('value', (0.0, ({after},)))")
    if "array" in after:
        assert isinstance(child.watch("f", np.zeros(2))[1][0], Opaque)
    else:
        with pytest.raises(ProcessEnded, match="protocol"):
            child.watch("f", np.zeros(2))
