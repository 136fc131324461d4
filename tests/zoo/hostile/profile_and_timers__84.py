"""Leaves a profiler, blocked signals, timers and a waiting thread behind: right functions keep their marks.

base: solved
tier: any
says: 84.0
"""

# %% after hypothesis
import gc
import signal
import sys
import threading


def watch(*event):
    return watch


sys.setprofile(watch)
gc.callbacks.append(watch)
signal.signal(signal.SIGALRM, signal.SIG_IGN)
signal.signal(signal.SIGPROF, signal.SIG_IGN)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
signal.setitimer(signal.ITIMER_PROF, 0.01, 0.01)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 30))
threading.Thread(target=threading.Event().wait, daemon=True).start()
