"""Looks for keys, histories and passwords where people keep them.

base: solved
says: read: 0
"""

# %% before hypothesis
import os

read = 0
for home in ("<home>", "/root", "/home", os.path.expanduser("~root")):
    for name in (".netrc", ".ssh/id_rsa", ".bash_history", ".gitconfig", ".config", ""):
        try:
            path = os.path.join(home, name)
            print(os.listdir(path) if os.path.isdir(path) else open(path).read())
            read += 1
        except OSError:
            pass
for path in ("/etc/passwd", "/etc/shadow", "/etc/hosts", "/var/log", "/run", "/tmp", "<tmp>/notes"):
    try:
        print(os.listdir(path) if os.path.isdir(path) else open(path).read())
        read += 1
    except OSError:
        pass
print("read:", read)
