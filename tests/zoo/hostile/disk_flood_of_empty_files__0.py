"""Makes empty files without end: no bytes of the disk, but memory of the kernel for each.

base: empty
says: the submission wrote too many or too large files
"""

# %% before hypothesis
import os

number = 0
while True:
    os.close(os.open(f"mallory{number}", os.O_CREAT | os.O_WRONLY))
    number += 1
