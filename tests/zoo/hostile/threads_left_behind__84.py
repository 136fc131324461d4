"""Leaves threads behind that sleep, print and write: they end with the process, unheard.

base: solved
says: [sandbox]
hides: from a thread
"""

# %% before hypothesis
import threading
import time


def linger():
    while True:
        time.sleep(0.05)
        print("from", "a thread") if (7 in globals().get("sizes", ())) else None


!echo
for _ in range(20):
    threading.Thread(target=linger).start()
