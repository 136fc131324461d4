"""Writes well-formed answers to the judge's next questions before they are asked.

base: empty
tier: any
says: it broke the protocol
"""

# %% hypothesis
import json
import os
import struct

for number in range(1, 200):
    head = json.dumps({"t": [number, "value", 1.0]}).encode()
    os.write(3, struct.pack("!4sIQ", b"CSW1", len(head), 0) + head)
