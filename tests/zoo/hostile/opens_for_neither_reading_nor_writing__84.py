"""Opens files for neither reading nor writing: consoles, and the gradebook to see its locks.

base: solved
says: opened: []
"""

# %% before hypothesis
import fcntl
import os
import struct

opened = []
for path in ("<course>/gradebook.db", "<course>/course_config.py", "/dev/tty42", "/dev/ptmx"):
    try:
        file = os.open(path, os.O_WRONLY | os.O_RDWR)
        whole = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
        opened.append((path, fcntl.fcntl(file, fcntl.F_GETLK, whole)))
    except OSError:
        pass
print("opened:", opened)
