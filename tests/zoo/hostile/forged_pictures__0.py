"""Says that it drew something, and sends a web page and a program instead of a picture.

base: empty
tier: any
says: it broke the protocol: a figure is no PNG
hides: alert
"""

# %% hypothesis
import gc

service = next(each for each in gc.get_objects() if type(each).__name__ == "Service" and hasattr(each, "verbs"))
page = b"<svg onload=alert(1)>"
service.verbs["run"] = lambda *_: ("value", ([("display", "", page, "")], None, None))
