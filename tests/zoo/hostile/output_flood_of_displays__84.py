"""Shows thousands of small outputs instead of one large one.

base: solved
tier: any
says: characters dropped]
says: was stopped at its limit (output)
"""

# %% before hypothesis
for number in range(3_000):
    display("spam")
