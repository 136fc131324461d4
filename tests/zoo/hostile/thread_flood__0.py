"""Starts threads until there is no room for more.

base: empty
says: RuntimeError
"""

# %% before hypothesis
import threading

for _ in range(100_000):
    threading.Thread(target=threading.Event().wait, daemon=True).start()
