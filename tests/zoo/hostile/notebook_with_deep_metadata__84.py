"""Honest cells, with metadata nested as deeply as JSON allows.

base: solved
tier: any
says: 84.0
"""

import json


def file(notebook):
    notebook["metadata"] = "DEEP"
    return json.dumps(notebook).encode().replace(b'"DEEP"', b'{"a":' * 300 + b"1" + b"}" * 300)
