"""Makes errors invisible: silence is worth nothing.

base: empty
tier: any
says: cost returns nothing yet
"""

# %% before hypothesis
import sys

shell = get_ipython()
shell.showtraceback = shell.showsyntaxerror = shell._showtraceback = lambda *args, **kwargs: None
shell.set_custom_exc((BaseException,), lambda *args, **kwargs: None)
sys.excepthook = sys.unraisablehook = lambda *args: None
