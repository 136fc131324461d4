"""Sends descriptors that nobody receives: of these a user may have so many, in all processes together.

base: solved
says: on their way: 0
"""

# %% before hypothesis
import socket

one, other = socket.socketpair()
sent = 0
for _ in range(2):
    try:
        socket.send_fds(one, [b"x"], [other.fileno()] * 253)
        sent += 253
    except OSError:
        pass
print("on their way:", sent)
