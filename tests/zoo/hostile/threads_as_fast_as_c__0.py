"""Has the C library sort by a comparison that starts a thread: thousands in no time.

base: solved
says: The program ended (
"""

# %% before hypothesis
import ctypes

libc, size, many = ctypes.CDLL(None), 64, 100_000
attributes = ctypes.create_string_buffer(size)
libc.pthread_attr_init(attributes)
libc.pthread_attr_setstacksize(attributes, ctypes.c_size_t(1 << 14))
table = ctypes.create_string_buffer(attributes.raw * many)
libc.qsort_r(
    table, ctypes.c_size_t(many), ctypes.c_size_t(size), libc.pthread_create, libc.pause
)
