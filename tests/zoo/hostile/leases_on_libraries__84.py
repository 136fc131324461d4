"""Takes leases on the libraries' files: whoever opens one of them then waits, other graders too.

base: solved
tier: any
says: leases: 0
"""

# %% before hypothesis
import fcntl
import os
import signal

import numpy as np

signal.signal(signal.SIGIO, signal.SIG_IGN)
leased = []
for path in (np.__file__, np.linalg.__file__, np.random.__file__, os.__file__):
    for kind in (fcntl.F_RDLCK, fcntl.F_WRLCK):
        file = open(path, "rb")
        try:
            fcntl.fcntl(file, fcntl.F_SETLEASE, kind)
            leased.append(file)
        except OSError:
            pass
try:
    fcntl.fcntl(os.open(".", os.O_RDONLY), fcntl.F_NOTIFY, fcntl.DN_CREATE)
    leased.append("notified")
except OSError:
    pass
print("leases:", len(leased))
