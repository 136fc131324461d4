"""Asks the kernel for namespaces, mounts, keys, filters and other ways out.

base: solved
says: granted: 0
"""

# %% before hypothesis
import ctypes
import os
import resource
import socket

libc = ctypes.CDLL(None, use_errno=True)
calls = {"unshare": (272, 0x10000000), "setns": (308, 0, 0), "mount": (165, 0, 0, 0, 0), "bpf": (321, 0, 0, 0),
         "io_uring_setup": (425, 8, 0), "userfaultfd": (323, 0), "perf_event_open": (298, 0, 0, -1, -1, 0),
         "keyctl": (250, 0, -3, 1), "add_key": (248, 0, 0, 0, 0, -3), "memfd_secret": (447, 0),
         "personality": (135, 0x40000), "open_by_handle_at": (304, -1, 0, 0), "acct": (163, 0), "clone3": (435, 0, 0)}
granted = sum(libc.syscall(*call) >= 0 for call in calls.values()) if os.uname().machine == "x86_64" else 0
one, other = socket.socketpair()
for attempt in (
    lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)),
    lambda: resource.prlimit(<victim>, resource.RLIMIT_CPU, (1, 1)),
    lambda: os.setuid(1) if os.getuid() else os.setgroups([5]) or os.setuid(1),
    lambda: one.send(b"x", socket.MSG_OOB),
    lambda: os.nice(-5),
    lambda: os.setpriority(os.PRIO_PROCESS, <victim>, 19),
    lambda: os.sched_setaffinity(<victim>, {0}),
    lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)),
):
    try:
        attempt()
        granted += 1
    except OSError:
        pass
    except ValueError:
        pass
print("granted:", granted)
