"""One exercise is solved and its grade cell copied fifty times: it counts once.

base: empty
tier: any
says: 8 of 8 points
"""

import json


def file(notebook):
    named = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell for cell in notebook["cells"]}
    named["hypothesis"]["source"] = "def hypothesis(x, W, b):\n    return W * x + b"
    notebook["cells"] += [named["test_hypothesis"]] * 50
    return json.dumps(notebook).encode()
