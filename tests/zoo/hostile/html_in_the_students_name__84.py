"""A student whose folder is named after a web page and a formula.

base: solved
tier: any
student: =HYPERLINK("http://example.org","<script>alert(1)</script>")
says: &lt;script&gt;
"""

# %% before hypothesis
"nothing else"
