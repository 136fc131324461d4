"""Changes what a file system keeps of files beside their content, and reads what others wrote there.

The flags and the version of a library's file are its owner's to change, who need not write to it.

base: solved
says: granted: []
"""

# %% before hypothesis
import array
import fcntl
import os
import time

import numpy

GETVERSION, SETVERSION, SET_ENCRYPTION = 0x80087601, 0x40087602, 0x800C6613
library, granted = os.open(numpy.__file__, os.O_RDONLY), []
version = array.array("l", [0])
for name, attempt in {
    "version": lambda: fcntl.ioctl(library, GETVERSION, version) or fcntl.ioctl(library, SETVERSION, version),
    "encryption": lambda: fcntl.ioctl(os.open(os.path.dirname(numpy.__file__), os.O_RDONLY), SET_ENCRYPTION, bytes(12)),
    "words on the home": lambda: os.listxattr("<home>"),
    "words on a library": lambda: os.listxattr(numpy.__file__),
    "the grader's time": lambda: time.clock_gettime((~<grader> << 3) | 2),
}.items():
    try:
        attempt()
        granted.append(name)
    except OSError:
        pass
print("granted:", granted)
