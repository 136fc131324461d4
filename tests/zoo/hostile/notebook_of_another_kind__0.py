"""An archive of nothing that unpacks to a gigabyte, under a notebook's name.

base: solved
tier: any
status: zero
says: The file is a compressed archive
"""

import gzip


def file(notebook):
    return gzip.compress(bytes(1 << 24))
