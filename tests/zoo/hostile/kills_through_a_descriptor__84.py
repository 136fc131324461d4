"""Signals a process through a pidfd, queues signals, stops a whole group.

base: solved
says: refused: 3
"""

# %% before hypothesis
import ctypes
import os
import signal

libc = ctypes.CDLL(None, use_errno=True)
refused = 0
for attempt in (
    lambda: signal.pidfd_send_signal(os.pidfd_open(<victim>), signal.SIGKILL),
    lambda: os.killpg(os.getpgid(<victim>), signal.SIGSTOP),
    lambda: libc.sigqueue(<victim>, 9, 0) and os.kill(<victim>, 9),
):
    try:
        attempt()
    except OSError:
        refused += 1
print("refused:", refused)
