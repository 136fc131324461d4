"""Reserves space and makes holes instead of writing.

base: solved
says: refused: 2
"""

# %% before hypothesis
import os

refused = 0
with open("mallory", "wb") as file:
    for reserve in (lambda: os.posix_fallocate(file.fileno(), 0, 1 << 40), lambda: file.truncate(1 << 50)):
        try:
            reserve()
        except OSError:
            refused += 1
print("refused:", refused)
os.unlink("mallory")
