"""Sends to the machine's services from a pair of sockets that is connected to nobody else.

No socket is made or connected in it: each of a pair of datagram sockets can name who receives.

base: solved
says: sent: 0
"""

# %% before hypothesis
import socket

sent = 0
for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET, socket.SOCK_STREAM):
    for address in ("<datagrams>", "<socket>", "\0<abstract>", "/dev/log", "/run/systemd/notify"):
        try:
            one, other = socket.socketpair(socket.AF_UNIX, kind)
            one.sendto(b"marks", address)
            sent += 1
        except OSError:
            pass
print("sent:", sent)
