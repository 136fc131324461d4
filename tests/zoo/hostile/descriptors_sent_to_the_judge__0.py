"""Sends open files over the judge's channel, for it to hold until it has no descriptor left.

base: empty
says: PermissionError
"""

# %% hypothesis
import os
import socket

channel = socket.socket(fileno=os.dup(3))
opened = [os.open("/dev/null", os.O_RDONLY) for _ in range(20)]
for _ in range(20):
    socket.send_fds(channel, [b"x"], opened)
