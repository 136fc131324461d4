"""Has its process report outputs, errors and limits that never were: a claim, and worth nothing.

base: empty
tier: any
says: it broke the protocol: the limit is not known
"""

# %% hypothesis
import gc

service = next(each for each in gc.get_objects() if type(each).__name__ == "Service" and hasattr(each, "verbs"))
service.verbs["run"] = lambda *_: ("value", ([("result", "84.0", None, "")], None, "full marks"))
