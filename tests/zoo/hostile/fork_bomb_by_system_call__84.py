"""Asks the kernel itself for new processes: fork, vfork, clone, clone3.

base: solved
says: made: 0
"""

# %% before hypothesis
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
fork, vfork, clone, clone3 = 57, 58, 56, 435
made = libc.fork() > 0
if os.uname().machine == "x86_64":
    made += sum(libc.syscall(call, 0, 0, 0, 0, 0) > 0 for call in (fork, vfork, clone, clone3))
print("made:", int(made))
