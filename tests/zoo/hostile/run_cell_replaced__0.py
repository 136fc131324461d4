"""Replaces IPython's machinery, so that later cells do not run and errors do not show.

base: empty
tier: any
says: 0 of 8 points
"""

# %% before hypothesis
shell = get_ipython()
shell.run_cell = shell.run_cell_async = shell.run_code = lambda *args, **kwargs: None
shell.showtraceback = shell.showsyntaxerror = lambda *args, **kwargs: None
type(shell).run_cell = lambda *args, **kwargs: None
