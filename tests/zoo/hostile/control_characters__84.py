"""Prints what terminals obey: escapes, bells, titles, backspaces, direction marks and NULs.

base: solved
tier: any
says: begin
hides: \x07
"""

# %% before hypothesis
print("begin\x1b[2J\x1b]0;84 points\x07\x08\x08\x00\u202e\ud800")
raise ValueError("\x1b[31m\x00\x9b")
