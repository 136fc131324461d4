"""Cells as they are written in Colab: what they reach for is there, or is noted and skipped."""

from __future__ import annotations

import pytest

from course.sandbox.host import Child

MOUNT = "from google.colab import drive\ndrive.mount('/content/drive')\n"
PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\n"


def shown(child: Child, source: str) -> str:
    """What a cell prints, shows and notes; it must end well."""
    ran = child.run(source)
    assert ran.error is None, f"{ran.error.kind}: {ran.error.text}"
    return "".join(output.text for output in ran.outputs)


@pytest.mark.parametrize(
    "line",
    [
        *("!pip install numpy", "%pip install -q numpy", "!apt-get install graphviz", "!!ls"),
        *("%ls", "%tensorflow_version 2.x", "%load_ext tensorboard", "%autoreload 2", "%rehashx"),
        *("%conda", "%%bash\necho hi", "%%shell\nls", "%%R\nx <- 1", "%system ls"),
        *("x = !ls\nassert x == []", "if True:\n    !wget -q example.org"),
    ],
)
def test_what_cannot_run_is_noted_and_skipped(child: Child, line: str) -> None:
    assert shown(child, line).startswith(("[sandbox] not run: !", "[sandbox] skipped: %"))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("%matplotlib inline", ""),
        ("%config InlineBackend.figure_format = 'retina'", ""),
        ("%%time\nx = 6 * 7\nx", "Wall time"),
        ("%time 6 * 7", "42"),
        ("%timeit -n 1 -r 1 6 * 7", "per loop"),
        ("%%capture out\nprint(6 * 7)", ""),
        ("display(6 * 7)", "42"),
        ("n = 42  #@param {type: 'slider', min: 0, max: 99}\nn", "42"),
        ("#@title A form { run: 'auto' }\nrate = 0.1 #@param [0.1, 0.2]\nrate", "0.1"),
        ("%cd /content\n%cd -\n%pwd", "/content"),
        ("len?", "Return the number of items"),
        ("help(len)", "Return the number of items"),
        ("%env RATE=1", "RATE=1"),
        ("%%html\n<b>x</b>", "HTML object"),
        ("from IPython.display import clear_output\nprint(42)\nclear_output()", "42"),
        (PLOT + "plt.show()", "<Figure"),
    ],
)
def test_what_can_run_does(child: Child, source: str, words: str) -> None:
    assert words in shown(child, source)


@pytest.mark.parametrize(
    "source",
    [
        MOUNT,
        "from google.colab import files\nfor name in files.upload().keys(): print(name)",
        "from google.colab import files\nfiles.download('a.txt')\nfiles.view('a.txt')",
        "from google.colab import output\noutput.clear()\noutput.eval_js('1')",
        "from google.colab import userdata\nimport os\nos.environ['KEY'] = userdata.get('KEY')",
        "from google.colab import auth\nauth.authenticate_user()",
        "from google.colab import widgets\nwith widgets.TabBar('a') as tab:\n    tab.clear()",
        "from google.colab.patches import cv2_imshow\ncv2_imshow(3)",
        "import google.colab\ngoogle.colab.drive.mount('/content/drive')",
        "import google.colab.drive as d\nd.flush_and_unmount()",
        "import google.colab.whatever.comes as new\nnew.thing()",
        "from google.colab import runtime\nruntime.unassign()",
    ],
)
def test_google_colab_is_there_and_does_nothing(child: Child, source: str) -> None:
    text = shown(child, source)
    assert "google.colab does nothing while grading" in text
    assert " at 0x" not in text


@pytest.mark.parametrize("ask", ["input('x: ')", "import getpass\ngetpass.getpass()"])
def test_nobody_answers(child: Child, ask: str) -> None:
    error = child.run(ask).error
    assert error is not None
    assert error.text.startswith("input() gets no answer while grading")
    assert shown(child, "6 * 7") == "42"


def test_content_is_the_working_folder(child: Child) -> None:
    shown(child, "import os, numpy as np\nopen('/content/a.txt', 'w').write('1 2')")
    assert shown(child, "os.listdir('/content'), os.getcwd()") == "(['a.txt'], '/content')"
    assert shown(child, "open('a.txt').read(), np.loadtxt('/content/a.txt').sum()").startswith(
        "('1 2'"
    )
    assert shown(child, "os.path.exists('/content/b.txt'), os.path.abspath('c')") == (
        "(False, '/content/c')"
    )
    shown(child, PLOT + "plt.savefig('/content/a.png')\nplt.close()")
    shown(child, "np.savetxt('/content/b.txt', [1])\nos.rename('/content/b.txt', 'd.txt')")
    shown(child, "%%writefile /content/mine.py\nx = 42")
    assert shown(child, "import mine\nmine.x") == "42"
    listed = shown(
        child, "from pathlib import Path\nsorted(p.name for p in Path('/content').iterdir())"
    )
    assert listed.startswith("['a.png', 'a.txt', 'd.txt', 'mine.py'")


def test_files_can_be_saved_where_the_drive_would_be(child: Child) -> None:
    shown(child, MOUNT + "open('/content/drive/MyDrive/a.txt', 'w').write('a')")
    assert shown(child, "%cd /content/drive/MyDrive\n%pwd") == (
        "/content/drive/MyDrive\n'/content/drive/MyDrive'"
    )


def test_memory_is_mapped_and_files_are_copied_without_what_the_filter_refuses(
    child: Child,
) -> None:
    shown(child, "import mmap, shutil\nmemory = mmap.mmap(-1, 1000)\nmemory.write(b'abc')")
    assert shown(child, "memory[:4], len(memory)") == "(b'abc\\x00', 1000)"
    shown(child, "mmap.mmap(-1, 9, access=mmap.ACCESS_WRITE)[0] = 1")
    ran = child.run("mmap.mmap(-1, length=9, access=mmap.ACCESS_READ)[0] = 1")
    assert ran.error is not None
    assert ran.error.kind == "TypeError"
    shown(child, "open('a.bin', 'wb').write(b'abc')\nshutil.copyfile('a.bin', 'b.bin')")
    shown(child, "with open('b.bin', 'r+b') as file: mmap.mmap(file.fileno(), 0)[1] = 66")
    assert shown(child, "open('b.bin', 'rb').read()") == "b'aBc'"


def test_a_missing_file_is_named_as_the_student_wrote_it(child: Child) -> None:
    error = child.run("open('/content/sample_data/mnist.csv')").error
    assert error is not None
    assert error.text == "[Errno 2] No such file or directory: '/content/sample_data/mnist.csv'"


def test_content_opens_nothing_that_was_closed(child: Child) -> None:
    assert child.run("open('/content/../../../../../etc/shadow')").error is not None
    assert child.run("import os\nos.listdir('/content/../../../../../root')").error is not None
