"""Seventy million bytes of base64.

base: solved
tier: any
status: zero
says: The file is larger than 64 MB
"""

import json


def file(notebook):
    notebook["metadata"] = {"bomb": "A" * (70 << 20)}
    return json.dumps(notebook).encode()
