"""A dictionary of far more numbers than anybody returns; well chosen ones take the judge 20 s.

base: empty
tier: any
says: too many numbers are keys
"""

# %% hypothesis
import gc

service = next(each for each in gc.get_objects() if type(each).__name__ == "Service" and hasattr(each, "verbs"))
bomb = b'{"d":[' + b",".join(b"[%d,0]" % each for each in range(50_000)) + b"]}"
service.encode = lambda number, outcome, content: (bomb, b"")
