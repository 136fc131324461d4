"""Every field that is not the source has a type that it should not have.

base: solved
tier: any
says: 84.0
"""

import json


def file(notebook):
    odd = [None, 7, [], {"a": {}}, "text", 1e999, True, [[["x"]]]]
    for number, cell in enumerate(notebook["cells"]):
        cell["id"], cell["execution_count"] = odd[number % 8], odd[(number + 1) % 8]
        cell["outputs"] = odd[(number + 2) % 8]
        cell["metadata"]["id"] = cell["metadata"]["tags"] = odd[(number + 3) % 8]
        cell["source"] = [cell["source"], 7, None]
    notebook["cells"] += odd
    notebook["metadata"], notebook["nbformat"] = odd, {"mallory": 4}
    return json.dumps(notebook).encode()
