"""What a cell and a call give back, as an honest notebook and its judge see it."""

from __future__ import annotations

import base64
import time

import numpy as np
import pytest
from sandboxes import SMALL, refused

from course.errors import GraderFault
from course.sandbox.forks import WarmProcess
from course.sandbox.host import Child, NotDefined, StudentError
from course.sandbox.warmup import WarmHandle
from course.sandbox.wire import Opaque, Unsendable


def stderr(child: Child, source: str) -> str:
    ran = child.run(source)
    assert ran.error is None
    return "".join(output.text for output in ran.outputs if output.name == "stderr")


def test_an_error_ends_its_cell_only_and_is_told_shortly(child: Child) -> None:
    child.run("def half(x):\n    return x / 0")
    ran = child.run("a = 1\nhalf(3)\na = 2")
    assert ran.error is not None
    assert (ran.error.kind, ran.error.text) == ("ZeroDivisionError", "division by zero")
    assert ran.error.trace.splitlines() == [
        "line 2: half(3)",
        "line 2, in half: return x / 0",
        "ZeroDivisionError: division by zero",
    ]
    assert ran.limit is None
    assert child.get("a") == 1


def test_a_syntax_error_shows_the_line(child: Child) -> None:
    error = child.run("x = 1\ndef f(:\n    pass").error
    assert error is not None
    assert error.kind == "SyntaxError"
    assert "line 2" in error.trace
    assert "def f(:" in error.trace
    assert "ipython" not in error.trace


@pytest.mark.parametrize(
    ("source", "kind", "text"),
    [
        ("x = (1,", "SyntaxError", "'(' was never closed"),
        ("def f():", "IndentationError", "expected an indented block after function definition"),
        ("x = '''abc", "SyntaxError", "unterminated triple-quoted string literal"),
    ],
)
def test_code_that_breaks_off_is_told_what_is_missing(
    child: Child, source: str, kind: str, text: str
) -> None:
    error = child.run(source).error
    assert error is not None
    assert error.kind == kind
    assert error.text.startswith(text)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("import sys; sys.exit(1)", "SystemExit"),
        ("exit()", "SystemExit"),
        ("quit", "SystemExit"),
        ("raise SystemExit", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("class E(BaseException):\n def __str__(self): raise E\nraise E", "E"),
        ("class E(Exception):\n def __str__(self):\n  while True: pass\nraise E", "E"),
        ("def f(): f()\nf()", "RecursionError"),
        ("(" * 30_000, "SyntaxError"),
        ("input('name?')", "RuntimeError"),
        ("await 3", "TypeError"),
        ("assert False, 'expected 3'", "AssertionError"),
        ("raise NotImplementedError('cost returns nothing yet')", "NotImplementedError"),
        ("%matplotlib nonsense\n1/0", "ZeroDivisionError"),
    ],
)
def test_whatever_a_cell_raises_is_its_own_error(child: Child, source: str, kind: str) -> None:
    ran = child.run(source)
    assert ran.error is not None
    assert ran.error.kind == kind
    assert child.run("7").outputs[0].text == "7"


def test_input_says_that_nobody_answers(child: Child) -> None:
    error = child.run("input()").error
    assert error is not None
    assert "gets no answer while grading" in error.text


@pytest.mark.parametrize(
    ("source", "note"),
    [
        ("!ls -l", "not run: !ls -l"),
        ("files = !ls\nassert files == []", "not run: !ls"),
        ("%pip install numpy", "skipped: %pip install numpy"),
        ("!pip install -q numpy", "not run: !pip"),
        ("%%bash\nrm -rf /", "skipped: %%bash"),
        ("%%nonsense x\n1/0", "skipped: %%nonsense x"),
        ("%tensorflow_version 2.x", "skipped: %tensorflow_version 2.x"),
        ("%load_ext autoreload\n%autoreload 2", "skipped: %autoreload 2"),
        (
            "from google.colab import drive\ndrive.mount('/content/drive')",
            "google.colab does nothing",
        ),
        (
            "from google.colab import files\nfor name in files.upload(): 1/0",
            "google.colab does nothing",
        ),
        ("import google.colab.output\nfrom google.colab import widgets", ""),
        (
            "from google.colab import userdata\nstr(userdata.get('KEY'))",
            "google.colab does nothing",
        ),
        ("#@title Data { run: 'auto' }\nrate = 0.1 #@param {type:'number'}", ""),
        ("%matplotlib inline", ""),
        ("%%time\nx = 1", ""),
        ("%config InlineBackend.figure_format = 'retina'", ""),
        ("import os\nos.environ['PATH']", ""),
    ],
)
def test_what_colab_and_jupyter_allow_does_no_harm(child: Child, source: str, note: str) -> None:
    assert note in stderr(child, source)


def test_calls_return_plain_values_of_their_type(child: Child) -> None:
    child.run("import numpy as np\ndef same(x): return x\ndef mean(x): return x.mean()")
    assert child.call("same", [1, (2.0, None), {"a": b"x"}]) == [1, (2.0, None), {"a": b"x"}]
    value = child.call("mean", np.array([1, 2], dtype=np.float32))
    assert type(value) is np.float32
    assert value == 1.5
    assert type(child.call("same", np.array(3.0))) is np.ndarray


def test_watch_shows_what_became_of_the_arguments(child: Child) -> None:
    child.run("def spoil(x, y):\n    x[0] = 9\n    return y")
    value, (x, y) = child.watch("spoil", np.zeros(2), 5)
    assert (value, list(x), y) == (5, [9.0, 0.0], 5)


def test_values_and_what_they_are_not(child: Child) -> None:
    child.run("rate = 0.5\nclass Odd: pass\nodd = Odd()\ndef f(): return f")
    assert child.get("rate") == 0.5
    assert isinstance(child.get("odd"), Opaque)
    assert isinstance(child.call("f"), Opaque)
    with pytest.raises(NotDefined, match="cost is not defined"):
        child.get("cost")
    with pytest.raises(NotDefined):
        child.call("cost", 1)
    with pytest.raises(StudentError, match="TypeError: 'float' object is not callable"):
        child.call("rate")


def test_a_call_that_raises_says_what_and_where(child: Child) -> None:
    child.run("def cost(x):\n    return x / 0")
    with pytest.raises(StudentError) as raised:
        child.call("cost", 1)
    assert (raised.value.kind, raised.value.text) == ("ZeroDivisionError", "division by zero")
    assert "in cost: return x / 0" in raised.value.trace
    with pytest.raises(StudentError, match="TypeError"):
        child.call("cost")


def test_what_a_call_prints_draws_or_warns_is_dropped(child: Child) -> None:
    child.run(
        "import warnings\nimport matplotlib.pyplot as plt\n"
        "def f():\n print('secret')\n plt.figure()\n warnings.warn('w')"
    )
    child.call("f")
    ran = child.run("print(plt.get_fignums())")
    assert [output.text for output in ran.outputs] == ["[]\n"]


def test_warnings_never_become_errors(child: Child) -> None:
    child.run("import numpy as np\ndef f(): return float(np.float64(1e300) * 1e300)")
    assert child.call("f") == float("inf")


def test_random_numbers_are_the_same_in_every_submission(warm: WarmProcess) -> None:
    source = (
        "import random, numpy as np\n"
        "seen = [random.random(), np.random.rand(), np.random.default_rng().random(),"
        " list({'a', 'b', 'c', 'd'})]"
    )
    seen = []
    for _ in range(2):
        with warm.fork() as child:
            child.run(source)
            seen.append(child.get("seen"))
    assert seen[0] == seen[1]


def test_files_are_put_into_the_working_folder(warm: WarmProcess) -> None:
    with warm.fork({"data/points.csv": b"1,2\n", "helper.py": b"x = 3\n"}) as child:
        assert child.run("print(open('data/points.csv').read())").outputs[0].text == "1,2\n\n"
        assert child.run("import helper\nhelper.x").outputs[0].text == "3"
        assert refused(child, "open('new.txt', 'w').write('x')") == ""


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", ".", ""])
def test_files_stay_inside(warm: WarmProcess, name: str) -> None:
    with pytest.raises(ValueError, match="not a file name"):
        warm.fork({name: b""})


def test_arguments_of_checks_must_be_plain(child: Child) -> None:
    with pytest.raises(Unsendable):
        child.call("f", object())
    assert child.run("1").error is None


def test_a_cell_that_is_too_long_is_said_to_be(child: Child) -> None:
    error = child.run("#" * (17 << 20)).error
    assert error is not None
    assert "too long" in error.text
    assert child.run("#" * (1 << 20)).error is None


def test_cpu_time_is_told(child: Child) -> None:
    ran = child.run(
        "import time\nend = time.process_time() + 0.2\nwhile time.process_time() < end: pass"
    )
    assert 0.2 <= ran.cpu < 0.5
    assert child.cpu >= ran.cpu


def test_a_round_trip_is_short(child: Child) -> None:
    child.run("def f(x): return x.sum()")
    x = np.zeros((100, 2))
    start = time.perf_counter()
    for _ in range(50):
        child.call("f", x)
    assert (time.perf_counter() - start) / 50 < 0.01


def test_a_layer_that_fails_is_our_fault(
    warm: WarmProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = WarmHandle._filters
    broken = {"filters": [base64.b64encode(bytes(8)).decode()]}
    monkeypatch.setattr(WarmHandle, "_filters", lambda self: made(self) | broken)
    with (
        WarmProcess(warm.isolation, SMALL) as other,
        pytest.raises(GraderFault, match="the confinement failed"),
    ):
        other.fork()
