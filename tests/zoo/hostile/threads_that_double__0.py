"""Runs machine code of which every thread starts another at every turn: thousands in no time.

base: solved
says: The program ended (
"""

# %% before hypothesis
import ctypes
import mmap

code = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(bytes.fromhex("bf000f0500 4889e6 31d2 4531d2 4531c0 b838000000 0f05 ebe7"))  # x86-64
ctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
