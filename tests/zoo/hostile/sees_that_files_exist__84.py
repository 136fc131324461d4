"""Asks whether files exist: unseen in bwrap, seen in the landlock tier, as the record says.

base: solved
says in bwrap: files seen: 0
says in landlock: files seen: 3
says in landlock: see that a file of the instructor exists
"""

# %% before hypothesis
import os

print("files seen:", sum(map(os.path.exists, ("<course>/gradebook.db", "<home>/.netrc", "<repository>/tests"))))
