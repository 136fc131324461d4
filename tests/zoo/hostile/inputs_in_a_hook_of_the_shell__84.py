"""Registers work for later: hooks, exit handlers, timers and threads that would print what was put in.

base: solved
tier: any
says: registered
hides: LEAKED
"""

# %% before hypothesis
import atexit
import signal
import sys
import threading
import time

seen = []


def tell(*event):
    for frame in sys._current_frames().values():
        while frame:
            if frame.f_code.co_name in ("cost", "gradient") and len(frame.f_locals.get("x", ())) in (5, 7):
                seen.append(1)
            frame = frame.f_back
    if seen:
        print("LEAK" + "ED")
        display("LEAK" + "ED")
        sys.stderr.write("LEAK" + "ED")


shell = get_ipython()
for event in ("pre_execute", "post_execute", "pre_run_cell", "post_run_cell"):
    shell.events.register(event, tell)
atexit.register(tell)


def watch():
    while True:
        time.sleep(0.02)
        tell()


threading.Thread(target=watch, daemon=True).start()
print("registered")
