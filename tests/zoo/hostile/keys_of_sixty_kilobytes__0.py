"""A thousand keys of 60 kB with one hash: the judge compared half a million pairs in each answer.

base: empty
tier: any
says: it broke the protocol: a key is too large
"""

# %% hypothesis
import gc
import json

service = next(each for each in gc.get_objects() if type(each).__name__ == "Service")
twins = [[(1 << 61) - 1 if number >> bit & 1 else 0 for bit in range(10)] for number in range(1000)]
keys = [[{"t": [{"b": 1000}, *twin, *[0] * 9]}, 0] for twin in twins]
bomb = json.dumps({"d": keys}).encode(), bytes(1_000_000)


def hypothesis(x, W, b):
    service.encode = lambda number, outcome, content: bomb
