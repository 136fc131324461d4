"""Answers with trees that are small and become large: depth, unknown types, colliding keys.

base: empty
tier: any
says: it broke the protocol
"""

# %% hypothesis
import gc

service = next(each for each in gc.get_objects() if type(each).__name__ == "Service" and hasattr(each, "verbs"))
bombs = [b"[" * 2_000_000, b'{"a":["' + b"i1," * 100_000 + b'i1",[9]]}', b'{"i":"0x' + b"f" * 900_000 + b'"}',
         b'{"d":[' + b",".join(b"[%d,0]" % (i * ((1 << 61) - 1)) for i in range(50_000)) + b"]}"]
service.encode = lambda number, outcome, content: (bombs[number % len(bombs)], b"")
