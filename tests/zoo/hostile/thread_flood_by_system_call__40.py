"""Asks the kernel itself for threads, which need no stack of their own and so no memory.

base: solved
says: The program ended (it started more than 64 threads); what comes later could not be run.
"""

# %% after test_gradient
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
stack = ctypes.create_string_buffer(1 << 16)
top = ctypes.c_void_p(ctypes.addressof(stack) + (1 << 15) & ~15)
thread = 0x50F00
while libc.clone(libc.pause, top, thread, None) > 0:
    pass
