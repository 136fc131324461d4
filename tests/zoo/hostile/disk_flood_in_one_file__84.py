"""Writes one endless file: stopped at the limit of a file.

base: solved
says: File too large
"""

# %% before hypothesis
with open("mallory", "wb", 0) as file:
    for _ in range(7):
        file.write(bytes(1 << 20))
