"""A number of more digits than Python writes out: it may be typed, in base 16.

base: solved
tier: any
says: 84.0
"""

import json


def file(notebook):
    for cell in notebook["cells"]:
        if cell["source"].startswith("def hypothesis"):
            cell["source"] += "\n\nlarge = 0x" + "f" * 5_000
    return json.dumps(notebook).encode()
