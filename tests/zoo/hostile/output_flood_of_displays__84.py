"""Shows thousands of small outputs instead of one large one.

base: solved
tier: any
says: characters dropped]
says: A cell of your own reached its limit (output): what it showed beyond that was left out.
"""

# %% before hypothesis
for number in range(3_000):
    display("spam")
