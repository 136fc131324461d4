"""Maps memory outside of Python's own: anonymous, shared, and far more than there is.

base: solved
says: refused: 3
"""

# %% before hypothesis
import mmap

refused = 0
for flags in (mmap.MAP_PRIVATE, mmap.MAP_SHARED, mmap.MAP_SHARED | 0x4000):  # MAP_NORESERVE
    try:
        mmap.mmap(-1, 64 << 30, flags | mmap.MAP_ANONYMOUS)
    except OSError:
        refused += 1
print("refused:", refused)
