"""Leaves bits with what outlives it: a hint on a library's file, its place in memory, room in pipes.

base: solved
says: kept: 0
"""

# %% before hypothesis
import ctypes
import fcntl
import os

libc = ctypes.CDLL(None, use_errno=True)
X86_64 = os.uname().machine == "x86_64"
SYSINFO, MBIND = (99, 237) if X86_64 else (179, 235)
F_SET_RW_HINT, F_SETPIPE_SZ, MPOL_MF_MOVE = 1036, 1031, 2
LIFE_SHORT = (2).to_bytes(8, "little")


def call(number, *arguments):
    if libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments)) < 0:
        raise OSError(ctypes.get_errno(), "refused")


kept = 0
for leave in (
    lambda: fcntl.fcntl(os.open(os.__file__, os.O_RDONLY), F_SET_RW_HINT, LIFE_SHORT),
    lambda: fcntl.fcntl(0, F_SET_RW_HINT, LIFE_SHORT),
    lambda: [fcntl.fcntl(end, F_SETPIPE_SZ, 1 << 20) for end in os.pipe()],
    lambda: call(SYSINFO, ctypes.addressof(ctypes.create_string_buffer(200))),
    lambda: call(MBIND, 0, 0, 0, 0, 0, MPOL_MF_MOVE),
):
    try:
        leave()
        kept += 1
    except OSError:
        pass
print("kept:", kept)
