"""Starts programs in every way that a notebook has; shell lines are answered with a note.

base: solved
says: not run: !touch
says: skipped: %%bash
says: refused: 4
"""

# %% before hypothesis
import os
import subprocess

!touch <tmp>/mallory
%pip install mallory
refused = 0
for start in (
    lambda: subprocess.run(["touch", "<tmp>/mallory"]),
    lambda: os.posix_spawn("/bin/touch", ["touch", "<tmp>/mallory"], {}),
    lambda: os.execv("/bin/touch", ["touch", "<tmp>/mallory"]),
    lambda: os.system("touch <tmp>/mallory") and os.kill(os.getpid(), 0),
):
    try:
        start()
    except OSError:
        refused += 1
print("refused:", refused)

# %% after hypothesis
%%bash
:(){ :|:& };:
