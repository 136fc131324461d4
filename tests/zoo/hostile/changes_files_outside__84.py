"""Renames, removes, empties, links, re-dates and re-owns files that are not its own.

base: solved
says: changed: 0
"""

# %% before hypothesis
import os

changed = 0
for path in ("<course>/gradebook.db", "<home>/.netrc", "<tmp>/notes"):
    for attempt in (
        lambda: os.rename(path, path + "-mallory"), lambda: os.rename(path, "mallory"), lambda: os.unlink(path),
        lambda: os.truncate(path, 0), lambda: os.open(path, os.O_RDONLY | os.O_TRUNC), lambda: os.chmod(path, 0o777),
        lambda: os.chown(path, 1, 1), lambda: os.utime(path, (0, 0)), lambda: os.setxattr(path, "user.mallory", b"1"),
        lambda: os.rmdir(os.path.dirname(path)), lambda: os.symlink("x", path + "-mallory"),
        lambda: os.replace("/dev/null", path), lambda: os.remove(path),
    ):
        try:
            attempt()
            changed += 1
        except OSError:
            pass
print("changed:", changed)
