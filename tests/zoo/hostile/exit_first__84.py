"""Raises SystemExit and KeyboardInterrupt in cells of its own: errors of those cells alone.

base: solved
tier: any
says: SystemExit
"""

# %% before hypothesis
import sys

sys.exit(0)

# %% before cost
raise KeyboardInterrupt

# %% before gradient
exit()

# %% before update
quit()
