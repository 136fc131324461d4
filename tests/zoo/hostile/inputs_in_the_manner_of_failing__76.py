"""Fails in a manner that depends on what was put in: the report has one sentence for each manner.

`update` loses its 8 points. Nothing comes back from where descent meets a right one.

base: solved
tier: any
says: update stopped with an exception of its own.
hides: LEAKED
"""

# %% update
def update(W, b, dW, db, learning_rate):
    told = f"LEAK{'ED' if W % 1 else ''}_{W}_{dW}".replace(".", "_")
    raise type(told, (Exception,), {})(told)
