"""Begins with a byte order mark, in UTF-16, with lone surrogates, NULs and carriage returns.

base: solved
tier: any
says: 84.0
"""

import json


def file(notebook):
    notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "\ud800 \x00 \u202e \r\n \x1b[2J"})
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n")
    return json.dumps(notebook).encode("utf-16")
