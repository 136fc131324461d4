"""Keeps memory that it has unmapped: by one page of what is shared, by a byte in a pipe; and two tables of the kernel's.

base: solved
says: kept: 0 of 8
"""

# %% before hypothesis
import ctypes
import os
import socket

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
MBIND = 237 if os.uname().machine == "x86_64" else 235
PREFERRED, NODES = 1, (ctypes.c_ulong * 1)(1)
one, other = socket.socketpair()
reads, writes = os.pipe()
with open("mallory", "wb+") as file:
    file.write(b"mallory")
    file.flush()
    page = ctypes.c_void_p(libc.mmap(None, 1 << 12, 3, 1, file.fileno(), 0))
    kept = sum(
        (
            *(libc.mmap(None, 1 << 20, 3, shared, -1, 0) != ctypes.c_void_p(-1).value for shared in (0x21, 0x4021, 0x23)),
            libc.vmsplice(writes, (ctypes.c_void_p * 2)(ctypes.addressof(ctypes.create_string_buffer(1)), 1), 1, 0) == 1,
            libc.splice(file.fileno(), (ctypes.c_long * 1)(), writes, None, 1, 0) == 1,
            libc.sendfile(one.fileno(), file.fileno(), (ctypes.c_long * 1)(), 1) == 1,
            libc.syscall(MBIND, page, 1 << 12, PREFERRED, NODES, ctypes.c_ulong(64), 0) == 0,
            libc.prctl(78, 1, ctypes.c_ulong(16), 0, 0) == 0,
        )
    )
print("kept:", kept, "of 8")
