"""Transforms the source of all later cells, given ones too: only its own process runs that.

A cost that is always 1 is worth nothing, not even where whole numbers cost what others do.

base: empty
tier: any
says: cost gives another value than it should
"""

# %% before hypothesis
get_ipython().input_transformers_cleanup.append(lambda lines: ["cost = lambda *args: 1.0\n"])
