"""Leaves out the given cells and the grade cells and hands in its work alone: all are put back.

base: solved
tier: any
says: given cells were missing (
"""

import json


def file(notebook):
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("solution")]
    return json.dumps(notebook).encode()
