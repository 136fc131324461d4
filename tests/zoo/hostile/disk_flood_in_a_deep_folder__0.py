"""Fills the disk where the path is too long to be looked up from outside.

base: empty
says in bwrap: No space left on device
says in landlock: the submission wrote too many or too large files
"""

# %% before hypothesis
import os

for _ in range(20):
    os.mkdir("mallory" * 30)
    os.chdir("mallory" * 30)
for number in range(30):
    with open(f"mallory{number}", "wb") as file:
        file.write(bytes(1 << 20))
