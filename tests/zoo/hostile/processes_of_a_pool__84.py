"""Uses multiprocessing, as some tutorials do.

base: solved
says: PermissionError
"""

# %% before hypothesis
import multiprocessing

multiprocessing.get_context("fork").Process(target=print).start()
