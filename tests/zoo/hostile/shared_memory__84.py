"""Makes shared memory, semaphores, queues and memory files that would outlive it.

base: solved
says: made: 0
"""

# %% before hypothesis
import ctypes
import os
from multiprocessing import shared_memory

libc = ctypes.CDLL(None, use_errno=True)
make = 0o1600
made = sum(call >= 0 for call in (libc.shmget(0, 4096, make), libc.semget(0, 1, make), libc.msgget(0, make)))
for attempt in (
    lambda: shared_memory.SharedMemory("mallory", create=True, size=4096),
    lambda: os.memfd_create("mallory"),
    lambda: open("/dev/shm/mallory", "w"),
):
    try:
        attempt()
        made += 1
    except OSError:
        pass
print("made:", made)
