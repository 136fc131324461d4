"""More code than a judge should have to parse, spread over many cells.

base: solved
tier: any
status: zero
says: characters of code
"""

import json


def file(notebook):
    notebook["cells"] += [{"cell_type": "code", "metadata": {}, "source": "(" * 60_000}] * 30
    return json.dumps(notebook).encode()
