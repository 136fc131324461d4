"""Prints, displays and raises web pages: text in every page.

base: solved
tier: any
says: <script>
says: Mark
"""

# %% before hypothesis
from IPython.display import HTML, Javascript, Markdown, display

print("<script>alert(1)</script><img src=x onerror=alert(1)>")
display(HTML("<script>alert(1)</script>"), Javascript("alert(1)"), Markdown("[x](javascript:alert(1))"))


class Mark:
    def _repr_html_(self):
        return "<script>alert(1)</script>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": "Mark", "text/html": "<script>", "application/javascript": "alert(1)"}


Mark()

# %% before cost
raise type("<script>alert(1)</script>", (Exception,), {})("</td><script>alert(1)</script>")
