"""Brings files near by links of both kinds, by climbing, by opening a path as a mere handle.

base: solved
says: near: 0
"""

# %% before hypothesis
import os

near = 0
for attempt in (
    lambda: os.symlink("<course>/gradebook.db", "mallory1"),
    lambda: os.link("<course>/gradebook.db", "mallory2"),
    lambda: os.link("<home>/.netrc", "mallory3", follow_symlinks=False),
    lambda: open("../../../../../../../../../../<course>/gradebook.db"),
    lambda: os.open("gradebook.db", os.O_RDONLY, dir_fd=os.open("<course>", os.O_PATH)),
    lambda: os.chdir("<course>") or open("gradebook.db"),
    lambda: os.chroot("/"),
):
    try:
        attempt()
        near += 1
    except OSError:
        pass
os.chdir(os.environ["HOME"])
print("near:", near)
