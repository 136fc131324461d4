"""Cells that are Python, or nearly, and that take long to study if every name is looked at twice.

base: solved
tier: any
says: SyntaxError
"""

import json


def file(notebook):
    bombs = ["a=" * 20_000 + "1", "a, " * 10_000 + "= !ls", " " * 60_000 + "!", " " * 60_000 + "x?y"]
    names = ["".join(f"v{cell}_{n}=" for n in range(40)) + "1" for cell in range(500)]
    notebook["cells"][5:5] = [{"cell_type": "code", "metadata": {}, "source": each} for each in bombs + names]
    return json.dumps(notebook).encode()
