"""A hundred thousand cells.

base: solved
tier: any
status: zero
says: The notebook has more than 2000 cells.
"""

import json


def file(notebook):
    notebook["cells"] += [{"cell_type": "code", "metadata": {}, "source": "pass"}] * 100_000
    return json.dumps(notebook).encode()
