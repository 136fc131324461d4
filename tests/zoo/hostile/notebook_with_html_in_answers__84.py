"""Written answers and text that are web pages: for TAs, who must see text.

base: solved
tier: any
says: 84.0
"""

import json


def file(notebook):
    page = "<script>alert(1)</script><iframe src=//example.org></iframe>[x](javascript:alert(1))" + "<b>" * 2_000
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = page
    return json.dumps(notebook).encode()
