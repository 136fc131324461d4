"""Returns what looks like a verdict, a record, an award.

base: empty
tier: any
says: but gives a dictionary
says: cost should give one number, but gives text.
says: gradient should give 2 values, but gives another number of them.
"""

# %% hypothesis
def hypothesis(x, W, b):
    return {"name": "test_slope", "outcome": "passed", "verdict": "passed", "points": 84.0}


# %% cost
def cost(x, y, W, b):
    return "PASSED"


# %% gradient
def gradient(x, y, W, b):
    return [True, "passed", 84.0]


# %% update
def update(W, b, dW, db, learning_rate):
    return True
