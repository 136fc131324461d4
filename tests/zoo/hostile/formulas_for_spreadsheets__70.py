"""Messages and names that a spreadsheet would run: in outputs, in exceptions, in names of classes.

base: solved
tier: any
says: cost stopped with an exception of its own.
"""

# %% before hypothesis
print("=cmd|'/C calc'!A0", "\n+1+1\n-1\n@SUM(1)\t=1")

# %% cost
def cost(x, y, W, b):
    raise type("=1+1", (Exception,), {})("=cmd|'/C calc'!A0")


# %% test_gradient_descent
pass
