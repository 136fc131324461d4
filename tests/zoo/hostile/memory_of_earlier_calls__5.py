"""Never computes a cost: it makes numbers up and remembers them, so that related calls agree.

What holds between two calls is met: 2 for the same data twice, 1 for numbers of every type, 1 for
what is untouched, 1 for a worse line that costs more. No value is right.

base: empty
tier: any
says: cost gives another value than it should
"""

# %% cost
remembered = {}


def cost(x, y, W, b):
    asked = tuple(round(float(each), 4) for each in (W, b, np.mean(y)))
    return remembered.setdefault(asked, 1.0 + len(remembered))
