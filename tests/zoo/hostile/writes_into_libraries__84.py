"""Plants code in the libraries, where the next start would run it.

base: solved
says: written: 0
"""

# %% before hypothesis
import os
import sys

import matplotlib
import numpy

written = 0
places = [os.path.dirname(module.__file__) for module in (numpy, matplotlib, os)] + [path for path in sys.path if path]
for place in places:
    for name in ("mallory.pth", "sitecustomize.py", "mallory.py", "__pycache__/mallory.pyc"):
        try:
            open(os.path.join(place, name), "w").write("raise SystemExit")
            written += 1
        except OSError:
            pass
print("written:", written)
