"""Takes over the service and says names that are inputs.

base: empty
tier: any
says: There is no hypothesis when this check runs
hides: (array(
"""

# %% hypothesis
import json
import gc
service = next(o for o in gc.get_objects() if type(o).__name__ == "Service" and hasattr(o, "verbs"))
service.verbs["call"] = lambda name, arguments: ("undefined", repr(arguments))
