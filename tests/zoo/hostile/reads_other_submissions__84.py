"""Opens what another student handed in, and what the sandbox keeps of others.

base: solved
says: read: 0
"""

# %% before hypothesis
import glob
import os

read = 0
for path in ("<course>/submitted/anna/lab1/lab1.ipynb", "../1/mallory", "../2/mallory", "../home/x",
             *glob.glob("../*/*"), *glob.glob("<tmp>/course-sandbox-*/*/*")):
    if not path.startswith(f"../{os.path.basename(os.getcwd())}/"):
        try:
            print(open(path).read())
            read += 1
        except OSError:
            pass
print("read:", read)
