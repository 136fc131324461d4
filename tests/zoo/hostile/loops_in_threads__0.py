"""Leaves four busy threads behind: all of the computing counts for whatever runs next.

base: empty
tier: any
says: was stopped at its limit (cell_cpu)
"""

# %% before hypothesis
import threading


def spin():
    while True:
        pass


for _ in range(4):
    threading.Thread(target=spin, daemon=True).start()
threading.Event().wait()
