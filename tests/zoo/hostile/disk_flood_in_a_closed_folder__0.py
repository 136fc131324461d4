"""Fills the disk in a folder that may be written and entered, but not looked into.

base: empty
says in bwrap: No space left on device
says in landlock: the submission wrote too many or too large files
"""

# %% before hypothesis
import os

os.mkdir("mallory", 0o300)
for number in range(30):
    with open(f"mallory/{number}", "wb") as file:
        file.write(bytes(1 << 20))
