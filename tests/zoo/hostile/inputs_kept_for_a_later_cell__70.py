"""Keeps what the checks put in, for a later cell to print, draw, save or exit with: none comes.

A cost of 0 loses its 14. No cell whose outputs are kept runs after a check was asked.

base: solved
tier: any
says: kept: [10]
says: drawn: 1
hides: LEAKED
"""

# %% cost
kept = set()


def cost(x, y, W, b):
    kept.add(len(x))
    open(f"kept_{len(x)}", "w").write("LEAK" + "ED" if len(x) in (5, 7) else "")
    return 0.0


# %% after test_learning_rate
import os

print("kept:", [n for n in sorted(kept) if n >= 5])
print("LEAK" + "ED" if {5, 7} & kept else "drawn:", len([n for n in os.listdir(".") if n == "kept_10"]))
if {5, 7} & kept:
    os._exit(7)
