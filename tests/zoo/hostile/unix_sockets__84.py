"""Connects to sockets of the machine's services, by path and by abstract name, and opens its own.

base: solved
says: connected: 0
"""

# %% before hypothesis
import socket

connected = 0
for address in ("<socket>", "\0<abstract>", "/run/docker.sock", "/run/dbus/system_bus_socket", "/tmp/.X11-unix/X0"):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        try:
            socket.socket(socket.AF_UNIX, kind).connect(address)
            connected += 1
        except OSError:
            pass
try:
    socket.socket(socket.AF_UNIX).bind("mallory")
    connected += 1
except OSError:
    pass
print("connected:", connected)
