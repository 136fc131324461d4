"""Connects to the outside by TCP and UDP, and opens a port of its own.

base: solved
says: connected: 0
"""

# %% before hypothesis
import socket
import urllib.request

connected = 0
for attempt in (
    lambda: socket.create_connection(("127.0.0.1", <port>), 1),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"marks", ("127.0.0.1", <port>)),
    lambda: socket.create_server(("", 0)),
    lambda: socket.socket(socket.AF_INET6),
    lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    lambda: socket.socket(socket.AF_VSOCK),
    lambda: socket.getaddrinfo("example.org", 80),
    lambda: urllib.request.urlopen("http://127.0.0.1:<port>", timeout=1),
):
    try:
        attempt()
        connected += 1
    except OSError:
        pass
print("connected:", connected)
