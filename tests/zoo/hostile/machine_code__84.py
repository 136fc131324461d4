"""Tries to make machine code, which would empty the caches of its neighbours, wherever it could lie.

base: solved
says: machine code: 0
"""

# %% before hypothesis
import ctypes
import mmap
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
READ, WRITE, EXECUTE, PRIVATE, ANONYMOUS, FAILED = 1, 2, 4, 2, 0x20, ctypes.c_void_p(-1).value
PAGE = mmap.PAGESIZE
with open("code", "wb") as file:
    file.write(bytes(PAGE))
own = os.open("code", os.O_RDWR)
library = os.open(os.__file__, os.O_RDONLY)
made = 0
for access in (EXECUTE, READ | EXECUTE, READ | WRITE | EXECUTE):
    for flags, descriptor in ((PRIVATE | ANONYMOUS, -1), (PRIVATE, own), (1, own), (PRIVATE, library)):
        address = libc.mmap(None, ctypes.c_size_t(PAGE), access, flags, descriptor, 0)
        made += address != FAILED
    room = ctypes.create_string_buffer(2 * PAGE)
    whole_page = ctypes.c_void_p(-(-ctypes.addressof(room) // PAGE) * PAGE)
    made += libc.mprotect(whole_page, ctypes.c_size_t(PAGE), access) == 0
    made += libc.pkey_mprotect(whole_page, ctypes.c_size_t(PAGE), access, 0) == 0
made += libc.personality(0x0400000) == 0  # what can be read can be run
try:
    made += ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 1)()
except MemoryError:
    pass
print("machine code:", made)
