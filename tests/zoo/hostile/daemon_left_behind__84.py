"""Tries the classic double fork, to go on when the submission has ended.

base: solved
says: [Errno 1]
hides: got away
"""

# %% before hypothesis
import os
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            open("<tmp>/mallory", "a").write("got away")
            time.sleep(1)
