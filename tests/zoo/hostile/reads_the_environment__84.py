"""Prints all of its environment, where tokens and passwords like to be.

base: solved
says: OPENBLAS_NUM_THREADS
hides: COURSE_ZOO_SECRET
hides: PYTEST
"""

# %% before hypothesis
import ctypes
import os

print(dict(os.environ))
environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
print([environ[i] for i in range(len(os.environ))])
