"""A number of a million digits, which takes quadratic time to read.

base: solved
tier: any
says: 84.0
"""

import json


def file(notebook):
    notebook["nbformat"] = "NUMBER"
    return json.dumps(notebook).encode().replace(b'"NUMBER"', b"9" * 1_000_000)
