"""Writes files until the disk is full: a file system of its own, or the judge, says stop.

base: empty
says in bwrap: No space left on device
says in landlock: the submission wrote too many or too large files
"""

# %% before hypothesis
for number in range(10_000):
    with open(f"mallory{number}", "wb") as file:
        file.write(bytes(1 << 20))
