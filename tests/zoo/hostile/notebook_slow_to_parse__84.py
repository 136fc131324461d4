"""Cells that Python's own parser takes long over, and that no cell of the lab is.

They come last: Python 3.12.1 crashes at them where memory is short, and a program that ends earlier
loses what comes later.

base: solved
tier: any
says: SyntaxError
"""

import json


def file(notebook):
    bombs = ["(" * 150 + ")" * 150, "x = " + "-" * 30_000 + "1", "1" + "+1" * 15_000, "f'" + "{x!r:" * 90 + "'", "\\" * 60_000]
    notebook["cells"] += [{"cell_type": "code", "metadata": {}, "source": bomb} for bomb in bombs]
    return json.dumps(notebook).encode()
