"""Sends the head of a frame and never its end, and then dies: no waiting, no marks.

base: empty
tier: any
says: ended
"""

# %% hypothesis
import os

os.write(3, b"CSW1" + bytes(10))
os._exit(0)
