"""A long integer that is none: the protocol's complaint quotes it.

base: empty
tier: any
says: it broke the protocol
hides: invalid literal
"""

# %% hypothesis
import json
import gc
service = next(o for o in gc.get_objects() if type(o).__name__ == "Service" and hasattr(o, "verbs"))
old = service.answer
def answer(number, verb, cpu, wall, arguments):
    if verb in ("call", "watch"):
        return json.dumps({"i": repr(arguments)[:900]}).encode(), b""
    return old(number, verb, cpu, wall, arguments)
service.answer = answer
