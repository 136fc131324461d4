"""Answers every question with the number of the one before.

base: empty
tier: any
says: it broke the protocol: not an answer to what was asked
"""

# %% hypothesis
import gc

service = next(each for each in gc.get_objects() if type(each).__name__ == "Service" and hasattr(each, "verbs"))
right_encode = service.encode
service.encode = lambda number, *rest: right_encode(number - 1, *rest)
