"""Writes to descriptors 1 and 2 beneath Python: they lead nowhere.

base: solved
says: done
hides: spam
"""

# %% before hypothesis
import os

line = b"spam" * 25_000
for _ in range(1_000):
    os.write(1, line)
    os.write(2, line)
print("done")
