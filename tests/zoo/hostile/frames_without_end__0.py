"""Sends small legal frames as fast as it can, so that the judge never comes to anything else.

base: empty
tier: any
says: it broke the protocol
"""

# %% hypothesis
import os
import struct

while True:
    os.write(3, (struct.pack("!4sIQ", b"CSW1", 4, 0) + b"null") * 1000)
