"""Leaves files in every place where programs may usually write.

base: solved
says: written: 0
"""

# %% before hypothesis
import os

written = 0
for folder in ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/", "/run", "<home>", "<tmp>", "..", "../home", "/etc"):
    for make in (lambda path: open(path, "w"), os.mkdir, os.mkfifo, lambda path: os.mknod(path)):
        try:
            make(f"{folder}/mallory")
            written += 1
        except OSError:
            pass
print("written:", written)
