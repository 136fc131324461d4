"""Wrong programs for Lab 1, by the function they are about: `course.judge.diagnosis` reads them.

They serve four ends: they test the checks (each must reject what it is for), they name a student's
mistake (value by value, on `PROBES`), they make the sample class, and they count what a class
believes. Two programs that nobody could tell apart from outside are one, under one name.
"""

from importlib import import_module

from .probes import PROBES
from .reference import CHOICES, REFERENCE

PARTS = (
    "of_hypothesis",
    "of_cost",
    "of_cost_form",
    "of_gradient",
    "of_gradient_form",
    "of_update",
    "of_descent",
    "of_descent_data",
    "of_descent_loop",
    "of_divergence",
    "of_history",
    "of_rates",
)


def _collect():
    """Every marked program of every part, under its own name; no two may share one."""
    found = {}
    for part in PARTS:
        for name, value in vars(import_module(f".{part}", __name__)).items():
            if hasattr(value, "misconception"):
                assert name not in found, f"two misconceptions are called {name}"
                found[name] = value
    return found


globals().update(_collect())

__all__ = ["CHOICES", "PARTS", "PROBES", "REFERENCE"]
