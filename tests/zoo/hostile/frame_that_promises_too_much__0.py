"""Announces a frame of an exabyte, to have the judge take that much memory.

base: empty
tier: any
says: it broke the protocol: not a frame, or one that is too large
"""

# %% hypothesis
import os
import struct

os.write(3, struct.pack("!4sIQ", b"CSW1", 1 << 31, 1 << 60))
