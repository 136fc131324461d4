"""Starts threads until there is no room for more, and swallows the error.

base: empty
says: Your program ended here: it started more than 64 threads.
"""

# %% before hypothesis
import threading

threading.stack_size(1 << 16)
try:
    for _ in range(100_000):
        threading.Thread(target=threading.Event().wait, daemon=True).start()
except RuntimeError:
    pass
