"""Asks for more memory than there is: an error of that cell.

base: solved
says: MemoryError
says: was stopped at its limit (memory)
"""

# %% before hypothesis
kept = bytearray(100 << 30)
