"""Opens files until there is no descriptor left.

base: solved
says: Too many open files
"""

# %% before hypothesis
kept = []
try:
    while True:
        kept.append(open("/dev/null"))
finally:
    for each in kept:
        each.close()
