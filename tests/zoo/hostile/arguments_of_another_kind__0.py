"""Says that its argument is now a list of texts, of which NumPy would make an array of gigabytes.

base: empty
tier: any
says: it broke the protocol: these are not the arguments
"""

# %% hypothesis
import gc


def hypothesis(x, W, b):
    return 0 * x


service = next(each for each in gc.get_objects() if type(each).__name__ == "Service")
texts = ["x" * 1_000_000] + [""] * 3_000
service.verbs["watch"] = lambda name, given: ("value", (0.0, (texts, *given[1:])))
