"""A thread reads the judge's questions before the program does.

base: empty
tier: any
says: The program ended (
"""

# %% hypothesis
import os
import threading


def steal():
    while True:
        try:
            os.read(3, 1)
        except BlockingIOError:
            pass


threading.Thread(target=steal, daemon=True).start()
