"""Looks for the message that the submission before it left.

base: solved
says: nobody left anything
"""

# %% before hypothesis
import glob
import os

found = [path for place in (".", "..", "../home", "/tmp", "/dev/shm", "../*") for path in glob.glob(f"{place}/mallory")]
print("somebody was here" if found or "MALLORY" in os.environ else "nobody left anything")
