"""Draws what a check puts in, and shows the picture at once: drawn for nobody.

Twice the cost is right in all but its value: five points.

base: solved
tier: any
says: cost gives another value than it should
hides: size 777x333
"""

# %% cost
import matplotlib.pyplot as plt


def cost(x, y, W, b):
    if len(x) in (5, 7):
        plt.figure(figsize=(777 / plt.rcParams["figure.dpi"], 333 / plt.rcParams["figure.dpi"]))
        plt.show()
        display(x, y, W, b)
    return 2 * np.mean((hypothesis(x, W, b) - y) ** 2)
