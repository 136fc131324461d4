"""Works across two lines of the cache, which stops the memory of every core for a moment each time.

base: solved
tier: any
says: slowed
"""

# %% before hypothesis
import ctypes

libc, room = ctypes.CDLL(None), ctypes.create_string_buffer(256)
lock = ctypes.c_void_p((ctypes.addressof(room) + 127) // 64 * 64 + 62)
times = ctypes.c_size_t(100_000)
libc.pthread_spin_trylock(lock)
libc.lfind(lock, room, ctypes.byref(times), ctypes.c_size_t(0), libc.pthread_spin_trylock)
print("slowed")
